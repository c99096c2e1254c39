package dev.javisor.internal.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.net.tcp.TcpWire.Faults;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two stacks over a bad wire: what one writes, the other reads. */
class TcpWireTest {
  /** Writes so many random bytes, and reads what the other writes. */
  private static final class Peer implements TcpHandler {
    private final SplittableRandom random;
    private final ByteBuffer chunk = ByteBuffer.allocate(100_000).limit(0);
    private final ByteBuffer target = ByteBuffer.allocate(70_000);
    private final CRC32C sum = new CRC32C();
    private final CRC32C readSum = new CRC32C();
    private long left;
    private long read;
    private @Nullable TcpConnection connection;
    private @Nullable TcpCloseReason reason;

    Peer(long seed, long bytes) {
      random = new SplittableRandom(seed);
      left = bytes;
    }

    @Override
    public void connected() {
      writable();
    }

    @Override
    public void readable() {
      assertNotNull(connection);
      for (int done = connection.read(target.clear());
          done > 0;
          done = connection.read(target.clear())) {
        readSum.update(target.flip());
        read += done;
      }
    }

    @Override
    public void writable() {
      assertNotNull(connection);
      while (left > 0 || chunk.hasRemaining()) {
        if (!chunk.hasRemaining()) {
          random.nextBytes(chunk.array());
          chunk.clear().limit((int) Math.min(left, 1 + random.nextInt(chunk.capacity())));
          left -= chunk.remaining();
          sum.update(chunk.duplicate());
        }
        connection.write(chunk);
        if (chunk.hasRemaining()) {
          return;
        }
      }
      connection.shutdownOutput();
    }

    @Override
    public void closed(TcpCloseReason why) {
      reason = why;
    }
  }

  @ParameterizedTest
  @CsvSource({
    // loss, doubled, late, largest, MTU, receive buffer, seed
    "0,    0,    0,    0,     1500, 1048576, 1",
    "0,    0,    0,    65000, 1500, 1048576, 2",
    "0.01, 0,    0,    0,     1500, 1048576, 3",
    "0.01, 0.01, 0.05, 0,     1500, 262144,  4",
    "0.05, 0.05, 0.20, 0,     1500, 65536,   5",
    "0.01, 0,    0,    65000, 1500, 1048576, 6",
    "0.05, 0.05, 0.20, 65000, 1500, 1048576, 7",
    "0.02, 0.02, 0.30, 65000, 9000, 100000,  8",
    "0.20, 0.05, 0.10, 0,     1500, 65536,   9",
    "0,    0,    0.50, 0,     576,  4096,    10",
  })
  void shouldCarryTheSameBytesBothWays(
      double loss, double doubled, double late, int largest, int mtu, int buffer, long seed) {
    int bytes = loss > 0.1 || buffer < 10000 ? 1 << 20 : 8 << 20;
    TcpConfig config = TcpConfig.defaults(mtu).withBuffers(buffer, 1 << 20);
    Peer client = new Peer(seed, bytes);
    Peer server = new Peer(seed + 100, bytes / 2);
    TcpWire wire =
        new TcpWire(
            config,
            new Faults(loss, doubled, late, largest),
            seed,
            syn -> {
              server.connection = syn;
              syn.accept(server);
            });

    client.connection = wire.left.connect(TcpWire.HERE, client);
    long steps = 0;
    while (wire.step()) {
      assertTrue(++steps < 5_000_000, "no end");
    }

    assertEquals(TcpCloseReason.DONE, client.reason);
    assertEquals(TcpCloseReason.DONE, server.reason);
    assertEquals(bytes, server.read);
    assertEquals(bytes / 2, client.read);
    assertEquals(client.sum.getValue(), server.readSum.getValue());
    assertEquals(server.sum.getValue(), client.readSum.getValue());
    assertEquals(0, wire.left.counters().memoryBytes() + wire.right.counters().memoryBytes());
    assertEquals(0, wire.left.connections() + wire.right.connections());
  }
}
