package dev.javisor.internal.virtio.vsock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.virtio.VirtioDriver;
import dev.javisor.internal.vsock.VsockConnection;
import dev.javisor.internal.vsock.VsockHub;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * A driver that sends packets by chance, most of them senseless, and a host that uses its
 * connections by chance. What must hold: nothing is thrown but what a connection's user may get,
 * and a good driver is served afterwards.
 */
final class HostileVsockDriver implements AutoCloseable {
  private static final int MOST_STEPS = 200;
  private static final int LISTENED = 5000;
  private static final long[] CIDS = {VsockDriver.CID, VsockDriver.CID, 2, 0, 1, -1, 1L << 40};
  private static final int[] LENGTHS = {0, 0, 1, 100, 4096, 70_000, -1, Integer.MIN_VALUE};

  private final VsockDriver vsock = new VsockDriver();
  private final List<VsockConnection> connections = new ArrayList<>();

  @Override
  public void close() {
    vsock.close();
  }

  /**
   * Plays, and looks whether all is well.
   *
   * @return how many connections there were
   */
  int play(Random random, BooleanSupplier goesOn) {
    vsock.hub.listen(LISTENED, connection -> connections.add(accepted(connection)));
    vsock.hub.listen(LISTENED + 1, connections::add);
    vsock.start();
    for (int step = 0; step < MOST_STEPS && goesOn.getAsBoolean(); step++) {
      step(random);
      if ((vsock.driver.status() & VirtioDriver.NEEDS_RESET) != 0) {
        vsock.start();
      }
    }
    int made = connections.size();
    assertServes();
    return made;
  }

  private static VsockConnection accepted(VsockConnection connection) {
    connection.accept();
    return connection;
  }

  private void step(Random random) {
    try {
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> send(random);
        case 4 -> vsock.give(1 + random.nextInt(3), 45 + random.nextInt(5000));
        case 5, 6 -> use(random);
        case 7 -> connections.add(vsock.hub.connect(random.nextInt(3)));
        case 8 -> due();
        default -> vsock.sendRaw(noise(random));
      }
    } catch (IllegalStateException e) {
      // The queue is full.
    } catch (IOException e) {
      // What a user of a connection may get.
    }
    while (random.nextInt(3) == 0 && answer(random)) {
      // Whatever the device has.
    }
  }

  private boolean answer(Random random) {
    VsockDriver.Packet packet = vsock.poll();
    if (packet != null && random.nextBoolean()) {
      vsock.send(packet.to(), packet.from(), random.nextInt(9), random.nextInt(4), new byte[9]);
    }
    return packet != null;
  }

  private void send(Random random) {
    byte[] data = new byte[random.nextInt(3) == 0 ? random.nextInt(5000) : 0];
    int length = random.nextInt(4) > 0 ? data.length : LENGTHS[random.nextInt(LENGTHS.length)];
    int type = random.nextInt(8) > 0 ? 1 : random.nextInt(65536);
    int operation = random.nextInt(9);
    long from = CIDS[random.nextInt(8) > 0 ? 0 : random.nextInt(CIDS.length)];
    long to = random.nextInt(8) > 0 ? 2 : CIDS[random.nextInt(CIDS.length)];
    int host = random.nextInt(3) > 0 ? LISTENED + random.nextInt(3) : known(random);
    ByteBuffer header =
        VsockDriver.header(from, to, random.nextInt(3), host, length, type, operation);
    header.putInt(random.nextInt(5)).putInt(random.nextInt(1 << 17)).putInt(random.nextInt(3000));
    vsock.sendRaw(header.array(), data);
  }

  private int known(Random random) {
    return connections.isEmpty()
        ? random.nextInt()
        : connections.get(random.nextInt(connections.size())).hostPort();
  }

  private static byte[] noise(Random random) {
    byte[] noise = new byte[random.nextInt(8) == 0 ? 1 + random.nextInt(43) : 44];
    random.nextBytes(noise);
    return noise;
  }

  private void use(Random random) throws IOException {
    if (connections.isEmpty()) {
      return;
    }
    VsockConnection connection = connections.get(random.nextInt(connections.size()));
    switch (random.nextInt(7)) {
      case 0, 1 -> connection.tryRead(ByteBuffer.allocate(random.nextInt(9000)));
      case 2, 3 -> connection.tryWrite(ByteBuffer.allocate(random.nextInt(9000)));
      case 4 -> connection.accept();
      case 5 -> {
        if (random.nextBoolean()) {
          connection.shutdownInput();
        } else {
          connection.shutdownOutput();
        }
      }
      default -> connection.close();
    }
  }

  private void due() {
    List<Runnable> tasks = new ArrayList<>(vsock.later);
    vsock.later.clear();
    tasks.forEach(Runnable::run);
  }

  private void assertServes() {
    vsock.start();
    connections.forEach(VsockConnection::close);
    connections.clear();
    due();
    while (vsock.next() != null) {
      // Those that were asked for before.
    }
    vsock.buffer = 65536;
    vsock.send(77, LISTENED, VsockDriver.REQUEST);
    vsock.take(VsockDriver.RESPONSE);
    vsock.sendText(77, LISTENED, "hello");
    ByteBuffer read = ByteBuffer.allocate(10);
    try {
      assertEquals(5, connections.get(0).tryRead(read));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    vsock.send(77, LISTENED, VsockDriver.RST);
    assertTrue(vsock.later.size() <= VsockHub.MOST_CONNECTIONS, "tasks are not cancelled");
  }
}
