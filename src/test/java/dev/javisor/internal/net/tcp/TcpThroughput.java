package dev.javisor.internal.net.tcp;

import dev.javisor.bench.Figure;
import dev.javisor.bench.Goal;
import dev.javisor.bench.Measurement;
import dev.javisor.bench.Result;
import dev.javisor.bench.Workbench;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * How fast bytes go through the TCP of the user-mode network, from one stack to another on one
 * thread, which does both ends' work. Beside it a socket of the loopback between two threads.
 */
public final class TcpThroughput implements Measurement {
  private static final int BLOCK = 64 * 1024;
  private static final int LARGEST = 65_495;
  private static final int MTU = 1500;
  private static final long TOTAL = 1L << 30;
  private static final int WARM_UPS = 3;

  /** 10 Gbit/s in MB/s. */
  private static final double AIM = 1250;

  @Override
  public String name() {
    return "tcp-throughput";
  }

  @Override
  public String description() {
    return "bytes from one TCP stack to another in segments of 64 KiB";
  }

  @Override
  public Result run(Workbench bench) throws IOException, InterruptedException {
    Figure socket = Figure.of("Loopback socket between two threads");
    Figure large = Figure.of("Javisor, two stacks on one thread, 64 KiB");
    Figure small = Figure.of("Javisor, two stacks on one thread, 1460 bytes");
    for (int round = -WARM_UPS; round < bench.rounds(); round++) {
      double socketSpeed = socket();
      double largeSpeed = stacks(LARGEST);
      double smallSpeed = stacks(0);
      if (round >= 0) {
        socket.samples().add(socketSpeed);
        large.samples().add(largeSpeed);
        small.samples().add(smallSpeed);
      }
    }
    return new Result(
        description(),
        "MB/s",
        List.of(socket, large, small),
        List.of(new Goal("10 Gbit/s a core at 64 KiB", large.samples().median() >= AIM)));
  }

  private static double speed(long start) {
    return TOTAL / 1e6 / ((System.nanoTime() - start) / 1e9);
  }

  private static double socket() throws IOException, InterruptedException {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      try (SocketChannel writer = SocketChannel.open(server.getLocalAddress());
          SocketChannel reader = server.accept()) {
        long start = System.nanoTime();
        Thread thread = new Thread(() -> write(writer), "tcp-throughput");
        thread.setDaemon(true);
        thread.start();
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
        int done = 0;
        for (long read = 0; read < TOTAL && done >= 0; read += done) {
          done = reader.read(block.clear());
        }
        double speed = speed(start);
        thread.join();
        return speed;
      }
    }
  }

  private static void write(SocketChannel writer) {
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    try {
      for (long written = 0; written < TOTAL; written += BLOCK) {
        block.clear();
        while (block.hasRemaining()) {
          writer.write(block);
        }
      }
    } catch (IOException e) {
      // The reader sees the end too early.
    }
  }

  private static double stacks(int largest) {
    Reader reader = new Reader();
    Wire toRight = new Wire(largest);
    Wire toLeft = new Wire(largest);
    TcpConfig config = TcpConfig.defaults(MTU);
    SplittableRandom random = new SplittableRandom(1);
    TcpStack left =
        new TcpStack(config, System::nanoTime, random.split(), toRight, TcpConnection::refuse);
    TcpStack right = new TcpStack(config, System::nanoTime, random.split(), toLeft, reader::accept);
    toRight.to = right;
    toLeft.to = left;
    Writer writer = new Writer();
    writer.connection = left.connect(TcpWire.HERE, writer);
    long start = System.nanoTime();
    while (reader.read < TOTAL) {
      left.flush();
      right.flush();
      long now = System.nanoTime();
      if (left.nextDeadline() <= now) {
        left.tick();
      }
      if (right.nextDeadline() <= now) {
        right.tick();
      }
    }
    double speed = speed(start);
    left.close();
    right.close();
    return speed;
  }

  /** Hands the segments of one stack to the other, where they lie. */
  private static final class Wire implements SegmentSink, SegmentSource {
    private final int largest;
    private @Nullable TcpStack to;
    private @Nullable OutgoingSegment current;

    Wire(int largest) {
      this.largest = largest;
    }

    @Override
    public int largestPayload(boolean ipv6) {
      return largest;
    }

    @Override
    public boolean segment(OutgoingSegment segment) {
      TcpStack target = to;
      if (target != null) {
        current = segment;
        TcpAddresses a = segment.addresses();
        target.receive(
            target.addresses(
                a.ipv6(),
                a.localHigh(),
                a.localLow(),
                a.localPort(),
                a.remoteHigh(),
                a.remoteLow(),
                a.remotePort()),
            this);
      }
      return true;
    }

    private OutgoingSegment current() {
      OutgoingSegment segment = current;
      if (segment == null) {
        throw new IllegalStateException("no segment");
      }
      return segment;
    }

    @Override
    public int length() {
      return current().length();
    }

    @Override
    public void copyTo(int offset, ByteBuffer target) {
      ByteBuffer header = current().header();
      int skip = offset - header.limit();
      if (skip < 0) {
        int part = Math.min(-skip, target.remaining());
        target.put(target.position(), header, offset, part);
        target.position(target.position() + part);
        skip = 0;
      }
      for (int i = 0; target.hasRemaining(); i++) {
        ByteBuffer piece = current().piece(i);
        if (skip < piece.remaining()) {
          int part = Math.min(piece.remaining() - skip, target.remaining());
          target.put(target.position(), piece, piece.position() + skip, part);
          target.position(target.position() + part);
        }
        skip = Math.max(0, skip - piece.remaining());
      }
    }
  }

  private static final class Writer implements TcpHandler {
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    private @Nullable TcpConnection connection;

    @Override
    public void connected() {
      writable();
    }

    @Override
    public void writable() {
      TcpConnection to = connection;
      while (to != null) {
        to.write(block);
        if (block.hasRemaining()) {
          return;
        }
        block.clear();
      }
    }

    @Override
    public void closed(TcpCloseReason reason) {}
  }

  private static final class Reader implements TcpHandler {
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    private @Nullable TcpConnection connection;
    private long read;

    void accept(TcpConnection from) {
      connection = from;
      from.accept(this);
    }

    @Override
    public void readable() {
      TcpConnection from = connection;
      while (from != null) {
        int done = from.read(block.clear());
        if (done <= 0) {
          return;
        }
        read += done;
      }
    }

    @Override
    public void closed(TcpCloseReason reason) {}
  }
}
