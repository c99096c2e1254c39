package dev.javisor.net;

import dev.javisor.backend.NetFrame;
import dev.javisor.backend.NetGuest;
import dev.javisor.internal.net.pcap.PcapFile;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A frame on its way through a switch: still its sender's, or a copy. What the switch decides by is
 * read once.
 *
 * <p>Threading: one thread at a time until it is kept, any thread afterwards.
 */
final class SwitchFrame {
  /** 01-80-C2-00-00-00 to -0F: IEEE 802.1D-2004 §7.12.6. */
  private static final long RESERVED = 0x0180_c200_0000L;

  private static final long RESERVED_MASK = ~0xfL;
  private static final long GROUP = 1L << 40;
  private static final int ADDRESSES = 12;
  private static final int HALF = 32;
  private static final int SHORT = 16;

  final SwitchPort from;
  final int length;
  final long destination;
  final long source;
  private @Nullable NetFrame lent;
  private byte @Nullable [] bytes;

  private SwitchFrame(SwitchPort from, NetFrame sent, boolean copied) {
    this.from = from;
    length = sent.length();
    ByteBuffer addresses;
    if (copied) {
      byte[] copy = copy(sent);
      bytes = copy;
      addresses = ByteBuffer.wrap(copy);
    } else {
      lent = sent;
      addresses = ByteBuffer.allocate(ADDRESSES);
      sent.copyTo(0, addresses);
      addresses.flip();
    }
    long high = addresses.getInt() & 0xffff_ffffL;
    int middle = addresses.getInt();
    long low = addresses.getInt() & 0xffff_ffffL;
    destination = high << SHORT | middle >>> SHORT;
    source = (middle & 0xffffL) << HALF | low;
  }

  /**
   * Takes a frame from its sender.
   *
   * @param copied whether the guest must not be able to change it any more
   */
  static SwitchFrame of(SwitchPort from, NetFrame sent, boolean copied) {
    return new SwitchFrame(from, sent, copied);
  }

  private static byte[] copy(NetFrame sent) {
    byte[] copy = new byte[sent.length()];
    sent.copyTo(0, copy, 0, copy.length);
    return copy;
  }

  /** Makes a copy, so that its sender can have its memory back. */
  void keep() {
    NetFrame sent = lent;
    if (sent != null) {
      bytes = copy(sent);
      lent = null;
    }
  }

  /** Whether it is for more than one guest. */
  boolean isForMany() {
    return (destination & GROUP) != 0;
  }

  /** Whether a bridge passes it on: it comes from somebody, and is not for the bridge itself. */
  boolean isForOthers() {
    return (source & GROUP) == 0 && source != 0 && (destination & RESERVED_MASK) != RESERVED;
  }

  /** Gives it to a guest; false if that has no room. */
  boolean deliver(NetGuest guest) {
    byte[] kept = bytes;
    if (kept != null) {
      return guest.deliver(ByteBuffer.wrap(kept));
    }
    NetFrame sent = lent;
    return sent == null || guest.deliver(sent);
  }

  /** Writes it down. */
  void write(PcapFile file) {
    byte[] kept = bytes;
    NetFrame sent = lent;
    if (kept != null) {
      file.write(kept.length, (target, size) -> System.arraycopy(kept, 0, target, 0, size));
    } else if (sent != null) {
      file.write(length, (target, size) -> sent.copyTo(0, target, 0, size));
    }
  }
}
