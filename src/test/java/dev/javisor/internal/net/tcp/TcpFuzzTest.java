package dev.javisor.internal.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest that sends anything, and an owner that does anything: nothing breaks, nothing grows. */
class TcpFuzzTest {
  private static final long MEMORY = 1 << 20;
  private static final int PORTS = 12;

  private final List<TcpConnection> open = new ArrayList<>();
  private final int[] hostSeq = new int[PORTS];
  private final int[] guestSeq = new int[PORTS];
  private SplittableRandom random = new SplittableRandom();
  private long now;
  private long closed;
  private long begun;

  private final class Owner implements TcpHandler {
    @Override
    public void closed(TcpCloseReason reason) {
      closed++;
    }
  }

  private final class Sink implements SegmentSink {
    @Override
    public int largestPayload(boolean ipv6) {
      return random.nextBoolean() ? 0 : 65000;
    }

    @Override
    public boolean segment(OutgoingSegment segment) {
      if (random.nextInt(10) == 0) {
        return false;
      }
      int port = segment.addresses().remotePort();
      hostSeq[port] = segment.header().getInt(4) + segment.payloadBytes();
      guestSeq[port] = segment.header().getInt(8);
      return true;
    }
  }

  private void decide(TcpConnection connection) {
    int choice = random.nextInt(8);
    if (choice == 0) {
      connection.refuse();
    } else if (choice == 1) {
      connection.ignore();
    } else {
      begun++;
      connection.accept(new Owner());
      open.add(connection);
    }
  }

  private ByteBuffer segment(int port) {
    int payload = random.nextInt(4) == 0 ? random.nextInt(3000) : 0;
    ByteBuffer bytes = ByteBuffer.allocate(60 + payload);
    random.nextBytes(bytes.array());
    if (random.nextInt(50) == 0) {
      return bytes.limit(random.nextInt(bytes.capacity()));
    }
    bytes.putInt(4, guestSeq[port] + near());
    bytes.putInt(8, hostSeq[port] + near());
    int[] flags = {16, 16, 16, 24, 24, 17, 2, 2, 18, 4, 20, 1, 0};
    if (random.nextInt(20) > 0) {
      bytes.put(13, (byte) flags[random.nextInt(flags.length)]);
    }
    int options = random.nextInt(11);
    bytes.put(12, (byte) (5 + options << 4));
    if (options > 2) {
      bytes.put(20, (byte) random.nextInt(8)).put(21, (byte) random.nextInt(20));
      bytes.putInt(22, hostSeq[port] + near()).putInt(26, hostSeq[port] + near());
    }
    return bytes.limit(20 + options * 4 + payload);
  }

  private int near() {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextInt();
      case 1 -> random.nextInt(-70000, 70000);
      case 2 -> random.nextInt(-3, 4);
      default -> 0;
    };
  }

  private void own(TcpConnection connection) {
    switch (random.nextInt(12)) {
      case 0 -> connection.shutdownOutput();
      case 1 -> connection.close();
      case 2 -> connection.reset();
      case 3, 4, 5, 6 -> connection.write(ByteBuffer.allocate(random.nextInt(100_000)));
      default -> connection.read(ByteBuffer.allocate(random.nextInt(100_000)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldSurviveAnything(long seed) {
    random = new SplittableRandom(seed);
    TcpConfig config =
        TcpConfig.defaults(1500)
            .withBuffers(100_000, 100_000)
            .withMemory(MEMORY)
            .withLimits(8, 4, 3);
    TcpStack stack = new TcpStack(config, () -> now, random.split(), new Sink(), this::decide);
    for (int i = 0; i < 60_000; i++) {
      int port = random.nextInt(PORTS);
      TcpAddresses flow = new TcpAddresses(false, 0, 2, port, 0, 1, 80);
      if (random.nextInt(100) == 0 && stack.connections() < 8) {
        connect(stack, flow);
      }
      stack.receive(flow, segment(port));
      if (!open.isEmpty() && random.nextInt(4) == 0) {
        own(open.get(random.nextInt(open.size())));
      }
      now += random.nextInt(100) == 0 ? random.nextLong(100_000_000_000L) : random.nextInt(1000000);
      stack.tick();
      stack.flush();
      assertTrue(stack.counters().memoryBytes() <= MEMORY);
      assertTrue(stack.connections() <= 8);
      if (open.size() > 100) {
        open.subList(0, 50).clear();
      }
    }

    stack.close();

    assertEquals(0, stack.connections());
    assertEquals(begun, closed);
    assertTrue(begun > 100, () -> "too few connections: " + begun);
  }

  private void connect(TcpStack stack, TcpAddresses flow) {
    try {
      open.add(stack.connect(flow, new Owner()));
      begun++;
    } catch (IllegalStateException e) {
      // There is one.
      assertTrue(e.getMessage().contains("connection"));
    }
  }
}
