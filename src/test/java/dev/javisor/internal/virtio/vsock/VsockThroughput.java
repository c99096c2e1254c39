package dev.javisor.internal.virtio.vsock;

import dev.javisor.bench.Figure;
import dev.javisor.bench.Goal;
import dev.javisor.bench.Measurement;
import dev.javisor.bench.Result;
import dev.javisor.bench.Workbench;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import dev.javisor.internal.virtio.QueuePosition;
import dev.javisor.internal.virtio.VirtQueue;
import dev.javisor.internal.virtio.VirtioFeatures;
import dev.javisor.internal.virtio.VirtioTransport;
import dev.javisor.internal.vsock.VsockConnection;
import dev.javisor.internal.vsock.VsockHub;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * How fast bytes go through a vsock device, the guest left out: a driver that polls and the
 * device's worker are one thread, the program at the host's end is another. Beside it a Unix socket
 * between two threads, which is what else a program would talk to a machine monitor by.
 */
public final class VsockThroughput implements Measurement {
  private static final int GUEST = 1024;
  private static final int HOST = 5000;
  private static final int PACKET = 64 * 1024;
  private static final long TOTAL = 256L << 20;
  private static final int SIZE = 64;
  private static final int ROOMS = 16;
  private static final int FORWARDED = 40;
  private static final int WARM_UPS = 3;

  private interface Program {
    void run(VsockConnection connection) throws IOException;
  }

  @Override
  public String name() {
    return "vsock-throughput";
  }

  @Override
  public String description() {
    return "bytes through a vsock device in packets of 64 KiB, the guest left out";
  }

  @Override
  public Result run(Workbench bench) throws IOException {
    Figure socket = Figure.of("Unix socket between two threads");
    Figure toHost = Figure.of("Javisor, guest to host");
    Figure toGuest = Figure.of("Javisor, host to guest");
    for (int round = -WARM_UPS; round < bench.rounds(); round++) {
      double socketSpeed = socket(bench.folder().resolve(name()));
      double toHostSpeed = device(true);
      double toGuestSpeed = device(false);
      if (round >= 0) {
        socket.samples().add(socketSpeed);
        toHost.samples().add(toHostSpeed);
        toGuest.samples().add(toGuestSpeed);
      }
    }
    return new Result(
        description(),
        "MB/s",
        List.of(socket, toHost, toGuest),
        List.of(
            new Goal(
                "both ways as fast as the socket",
                Math.min(toHost.samples().median(), toGuest.samples().median())
                    >= socket.samples().median())));
  }

  private static double speed(long start) {
    return TOTAL / 1e6 / ((System.nanoTime() - start) / 1e9);
  }

  private static double socket(Path path) throws IOException {
    Files.deleteIfExists(path);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      try (SocketChannel writer = SocketChannel.open(UnixDomainSocketAddress.of(path));
          SocketChannel reader = server.accept()) {
        long start = System.nanoTime();
        CompletableFuture<Void> done = start(() -> write(writer));
        ByteBuffer block = ByteBuffer.allocateDirect(PACKET);
        for (long read = 0; read < TOTAL; ) {
          read += reader.read(block.clear());
        }
        join(done);
        return speed(start);
      }
    }
  }

  private static void write(SocketChannel writer) throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(PACKET);
    for (long written = 0; written < TOTAL; written += PACKET) {
      block.clear();
      while (block.hasRemaining()) {
        writer.write(block);
      }
    }
  }

  private static void read(VsockConnection connection) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(PACKET);
    for (long read = 0; read < TOTAL; ) {
      read += connection.read(block.clear());
    }
  }

  private static void write(VsockConnection connection) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(PACKET);
    for (long written = 0; written < TOTAL; written += PACKET) {
      connection.write(block.clear());
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static CompletableFuture<Void> start(Work work) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
                done.complete(null);
              } catch (IOException | RuntimeException e) {
                done.completeExceptionally(e);
              }
            },
            "vsock-throughput");
    thread.setDaemon(true);
    thread.start();
    return done;
  }

  private static void join(CompletableFuture<Void> done) throws IOException {
    try {
      done.join();
    } catch (CompletionException e) {
      throw new IOException(e.getCause());
    }
  }

  private static double device(boolean toHost) throws IOException {
    VsockHub hub = new VsockHub("vsock0", VsockDriver.CID);
    List<VsockConnection> offered = new ArrayList<>();
    hub.listen(HOST, offered::add);
    VirtioVsock device =
        new VirtioVsock(
            new VsockConfig("vsock0", VsockDriver.CID), hub, (delay, task) -> () -> {}, () -> {});
    try (GuestMemory memory =
        GuestRam.map(new RamSpec(64 << 20, false, false, false, false), 0xC000_0000L)) {
      device.attach(new Transport());
      Driver driver = new Driver(device, memory);
      driver.connect();
      VsockConnection connection = offered.get(0);
      connection.accept();
      Program program = toHost ? VsockThroughput::read : VsockThroughput::write;
      long start = System.nanoTime();
      CompletableFuture<Void> done = start(() -> program.run(connection));
      if (toHost) {
        driver.send(done);
      } else {
        driver.receive(done);
      }
      join(done);
      double speed = speed(start);
      device.close();
      return speed;
    }
  }

  /** The guest's side. */
  private static final class Driver {
    private final VirtioVsock device;
    private final GuestMemory memory;
    private final DriverQueue receive;
    private final DriverQueue transmit;
    private final Buffer room;

    Driver(VirtioVsock device, GuestMemory memory) {
      this.device = device;
      this.memory = memory;
      receive = start(VirtioVsock.RECEIVE);
      transmit = start(VirtioVsock.TRANSMIT);
      room = receive.writable(VsockDriver.HEADER + PACKET);
    }

    private DriverQueue start(int index) {
      DriverQueue queue = new DriverQueue(memory, (1 + index) * (16L << 20), SIZE);
      device.startQueue(
          new VirtQueue(
              memory, index, queue.config(), VirtioFeatures.COMMON, QueuePosition.START, () -> {}));
      return queue;
    }

    private static ByteBuffer header(int length, int operation) {
      return VsockDriver.header(VsockDriver.CID, 2, GUEST, HOST, length, 1, operation)
          .putInt(0)
          .putInt(Integer.MAX_VALUE)
          .putInt(0);
    }

    void connect() {
      transmit.add(transmit.readable(header(0, VsockDriver.REQUEST).array()));
      for (int i = 0; i < ROOMS; i++) {
        receive.add(room);
      }
      device.service(0);
    }

    void send(CompletableFuture<Void> done) {
      byte[] bytes = new byte[VsockDriver.HEADER + PACKET];
      header(PACKET, VsockDriver.RW).rewind().get(bytes, 0, VsockDriver.HEADER);
      Buffer packet = transmit.readable(bytes);
      int sent = 0;
      while (!done.isDone()) {
        int forwarded = memory.readInt(room.gpa() + FORWARDED);
        boolean moved = false;
        while (sent < TOTAL && sent - forwarded + PACKET <= VsockConnection.BUFFER) {
          transmit.add(packet);
          sent += PACKET;
          moved = true;
        }
        serve(moved);
        while (transmit.poll() != null) {
          // Its place is free.
        }
      }
    }

    void receive(CompletableFuture<Void> done) {
      while (!done.isDone()) {
        serve(false);
      }
    }

    private void serve(boolean moved) {
      device.service(0);
      boolean got = moved;
      while (receive.poll() != null) {
        receive.add(room);
        got = true;
      }
      if (!got) {
        Thread.onSpinWait();
      }
    }
  }

  /** Wakes nobody: the driver's thread serves the queues over and over. */
  private static final class Transport implements VirtioTransport {
    @Override
    public void wake(int worker) {}

    @Override
    public void changeConfig(Runnable change) {}

    @Override
    public void needsReset(String why) {
      throw new IllegalStateException(why);
    }
  }
}
