package dev.javisor.internal.sys;

import java.nio.ByteBuffer;

/**
 * A socket that sends ICMP echo requests to one address and gets the answers, without privileges:
 * icmp(7), {@code net.ipv4.ping_group_range}. The kernel chooses the identifier, and writes the
 * checksum. Does not block.
 *
 * <p>Threading: one thread at a time.
 */
public final class PingSocket implements AutoCloseable {
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SOCK_DGRAM_NONBLOCK_CLOEXEC = 0x80802;
  private static final int IPPROTO_ICMP = 1;
  private static final int IPPROTO_ICMPV6 = 58;
  private static final int SOCKADDR_IN = 16;
  private static final int SOCKADDR_IN6 = 28;
  private static final int ADDRESS = 4;
  private static final int ADDRESS6 = 8;
  private static final int LONGEST = 65536;

  private final Fd socket;
  private final NativeBuffer buffer = NativeBuffer.ofSize(LONGEST);

  private PingSocket(Fd socket) {
    this.socket = socket;
  }

  /**
   * Opens one.
   *
   * @param address 4 or 16 bytes
   * @throws NativeException EACCES if this user's groups are not in {@code ping_group_range};
   *     ENETUNREACH and the like if there is no way to the address
   */
  public static PingSocket connect(byte[] address) {
    boolean six = address.length > Integer.BYTES;
    long number =
        Sys.call(
            Syscall.SOCKET,
            six ? AF_INET6 : AF_INET,
            SOCK_DGRAM_NONBLOCK_CLOEXEC,
            six ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
    Fd socket = new Fd((int) Sys.check(number, "socket", "ICMP"), "ICMP");
    try {
      NativeBuffer to = NativeBuffer.ofSize(SOCKADDR_IN6);
      to.bytes().putShort(0, (short) (six ? AF_INET6 : AF_INET));
      to.bytes().put(six ? ADDRESS6 : ADDRESS, address);
      int size = six ? SOCKADDR_IN6 : SOCKADDR_IN;
      long result = to.during(at -> Sys.call(Syscall.CONNECT, socket.number(), at, size));
      Sys.check(result, "connect", "ICMP");
      return new PingSocket(socket);
    } catch (NativeException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Sends a message of ICMP, header and payload.
   *
   * @return its bytes, or the negated errno
   */
  public long trySend(ByteBuffer message) {
    int length = message.remaining();
    buffer.bytes().put(0, message, message.position(), length);
    return buffer.during(at -> Sys.call(Syscall.WRITE, socket.number(), at, length));
  }

  /**
   * Takes the next answer, from the ICMP header on.
   *
   * @param target has room for 64 KiB; flipped
   * @return its bytes, or the negated errno: EAGAIN if there is none
   */
  public long tryReceive(ByteBuffer target) {
    long length = buffer.during(at -> socket.tryRead(at, LONGEST));
    if (length >= 0) {
      target.clear().put(0, buffer.bytes(), 0, (int) length).limit((int) length);
    }
    return length;
  }

  @Override
  public void close() {
    socket.close();
  }
}
