package dev.javisor.internal.net.tcp;

/**
 * Sizes of a stack.
 *
 * @param mtu the largest packet of IP on the link to the guest in bytes, 576 to 65535
 * @param receiveBytes that a connection may hold for its reader: the window, 4 KiB to 64 MiB
 * @param sendBytes that a connection may hold for the guest, 4 KiB to 64 MiB
 * @param maxConnections at a time, those that rest in TIME-WAIT not counted. One more is reset
 * @param maxHalfOpen connections that the guest has begun to open. One more gets no answer, or ends
 *     the oldest without one, if that was begun three seconds ago
 * @param maxTimeWaits connections that rest in TIME-WAIT. One more ends the oldest
 * @param memoryBytes that all connections may hold
 * @param timers of the stack
 */
public record TcpConfig(
    int mtu,
    int receiveBytes,
    int sendBytes,
    int maxConnections,
    int maxHalfOpen,
    int maxTimeWaits,
    long memoryBytes,
    TcpTimers timers) {
  private static final int LEAST = 4 << 10;
  private static final int MOST = 64 << 20;

  /** Checks the sizes. */
  public TcpConfig {
    if (mtu < 576 || mtu > 65535) {
      throw new IllegalArgumentException("MTU " + mtu);
    }
    if (receiveBytes < LEAST || receiveBytes > MOST || sendBytes < LEAST || sendBytes > MOST) {
      throw new IllegalArgumentException("buffers " + receiveBytes + ", " + sendBytes);
    }
    if (maxConnections < 1 || maxHalfOpen < 1 || maxTimeWaits < 0) {
      throw new IllegalArgumentException("limits of connections");
    }
    if (memoryBytes < 16L * ChunkPool.CHUNK) {
      throw new IllegalArgumentException("memory " + memoryBytes);
    }
  }

  /** What fits one guest: a MiB each way and connection, 64 MiB in all. */
  public static TcpConfig defaults(int mtu) {
    return new TcpConfig(mtu, 1 << 20, 1 << 20, 16384, 1024, 4096, 64L << 20, TcpTimers.DEFAULT);
  }

  /** The same with other buffers of a connection. */
  public TcpConfig withBuffers(int receive, int send) {
    return new TcpConfig(
        mtu, receive, send, maxConnections, maxHalfOpen, maxTimeWaits, memoryBytes, timers);
  }

  /** The same with other limits of connections. */
  public TcpConfig withLimits(int connections, int halfOpen, int timeWaits) {
    return new TcpConfig(
        mtu, receiveBytes, sendBytes, connections, halfOpen, timeWaits, memoryBytes, timers);
  }

  /** The same with other memory in all. */
  public TcpConfig withMemory(long bytes) {
    return new TcpConfig(
        mtu, receiveBytes, sendBytes, maxConnections, maxHalfOpen, maxTimeWaits, bytes, timers);
  }

  /** The same with other times. */
  public TcpConfig withTimers(TcpTimers other) {
    return new TcpConfig(
        mtu,
        receiveBytes,
        sendBytes,
        maxConnections,
        maxHalfOpen,
        maxTimeWaits,
        memoryBytes,
        other);
  }

  /** The most payload of a packet to this side, headers without options (RFC 6691). */
  int mss(boolean ipv6) {
    return mtu - (ipv6 ? 60 : 40);
  }
}
