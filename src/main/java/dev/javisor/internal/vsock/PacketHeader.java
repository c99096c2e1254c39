package dev.javisor.internal.vsock;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header of a packet, {@code struct virtio_vsock_hdr}: virtio 1.3 §5.10.6. One object is used
 * over and over.
 *
 * <p>Threading: one thread at a time.
 */
public final class PacketHeader {
  /** Its length in bytes. */
  public static final int SIZE = 44;

  /** The host's CID. */
  public static final long HOST_CID = 2;

  static final int TYPE_STREAM = 1;

  static final int REQUEST = 1;
  static final int RESPONSE = 2;
  static final int RST = 3;
  static final int SHUTDOWN = 4;
  static final int RW = 5;
  static final int CREDIT_UPDATE = 6;
  static final int CREDIT_REQUEST = 7;

  /** Flag of SHUTDOWN: the sender receives no more. */
  static final int NO_RECEIVE = 1;

  /** Flag of SHUTDOWN: the sender sends no more. */
  static final int NO_SEND = 2;

  private static final int SOURCE_CID = 0;
  private static final int TARGET_CID = 8;
  private static final int SOURCE_PORT = 16;
  private static final int TARGET_PORT = 20;
  private static final int LENGTH = 24;
  private static final int TYPE = 28;
  private static final int OPERATION = 30;
  private static final int FLAGS = 32;
  private static final int BUFFER = 36;
  private static final int FORWARDED = 40;

  private final byte[] array = new byte[SIZE];
  private final ByteBuffer bytes = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);

  /** Its bytes, as the guest has them. */
  public byte[] array() {
    return array;
  }

  /** The bytes of data that follow, 0 to 2^32 - 1. */
  public long length() {
    return bytes.getInt(LENGTH) & 0xffff_ffffL;
  }

  long sourceCid() {
    return bytes.getLong(SOURCE_CID);
  }

  long targetCid() {
    return bytes.getLong(TARGET_CID);
  }

  int sourcePort() {
    return bytes.getInt(SOURCE_PORT);
  }

  int targetPort() {
    return bytes.getInt(TARGET_PORT);
  }

  int type() {
    return bytes.getShort(TYPE) & 0xffff;
  }

  int operation() {
    return bytes.getShort(OPERATION) & 0xffff;
  }

  int flags() {
    return bytes.getInt(FLAGS);
  }

  /** How many bytes the sender keeps for its reader at most, as an unsigned number. */
  int buffer() {
    return bytes.getInt(BUFFER);
  }

  /** How many bytes the sender's reader has taken, modulo 2^32. */
  int forwarded() {
    return bytes.getInt(FORWARDED);
  }

  /** Becomes a packet without data from the host to the guest. */
  void set(long guestCid, int hostPort, int guestPort, int operation) {
    bytes.putLong(SOURCE_CID, HOST_CID).putLong(TARGET_CID, guestCid);
    bytes.putInt(SOURCE_PORT, hostPort).putInt(TARGET_PORT, guestPort).putInt(LENGTH, 0);
    bytes.putShort(TYPE, (short) TYPE_STREAM).putShort(OPERATION, (short) operation);
    bytes.putInt(FLAGS, 0).putInt(BUFFER, 0).putInt(FORWARDED, 0);
  }

  void length(int length) {
    bytes.putInt(LENGTH, length);
  }

  void flags(int flags) {
    bytes.putInt(FLAGS, flags);
  }

  void credit(int buffer, int forwarded) {
    bytes.putInt(BUFFER, buffer).putInt(FORWARDED, forwarded);
  }
}
