package dev.javisor.bench.network;

import dev.javisor.backend.NetBackend;
import dev.javisor.backend.NetFrame;
import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.net.FrameSource;
import dev.javisor.internal.net.OffloadGuest;
import dev.javisor.internal.net.OffloadingBackend;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.net.ReceiveRoom;
import dev.javisor.internal.net.ip.InternetChecksum;
import dev.javisor.internal.net.tcp.OutgoingSegment;
import dev.javisor.internal.net.tcp.SegmentSink;
import dev.javisor.internal.net.tcp.TcpAddresses;
import dev.javisor.internal.net.tcp.TcpConfig;
import dev.javisor.internal.net.tcp.TcpConnection;
import dev.javisor.internal.net.tcp.TcpHandler;
import dev.javisor.internal.net.tcp.TcpStack;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A guest that is Java code: the engine of the user-mode network's TCP in the other role, on a
 * thread of its own, at the network that a machine would be at. It takes over what Linux's driver
 * would: checksums, and segments of up to 64 KiB.
 */
final class PeerGuest implements OffloadGuest, SegmentSink, AutoCloseable {
  private static final int FRAMES = 128;
  private static final int HEADER = 12;
  private static final int ETHERNET = 14;
  private static final int IPV4 = 20;
  private static final int TCP = 6;
  private static final long MAC = 0x0200_0000_0001L;
  private static final long ALL = 0xffff_ffff_ffffL;
  private static final long PATIENCE_NANOS = 1_000_000;
  private static final int FIRST_PORT = 10_000;
  private static final int PORTS = 50_000;

  private final NetBackend network;
  private final boolean offloads;
  private final int mtu;
  private final int own;
  private final TcpStack stack;
  private final Thread thread = new Thread(this::run, "bench peer");
  private final Queue<PeerFrame> free = new ConcurrentLinkedQueue<>();
  private final Queue<ByteBuffer> room = new ConcurrentLinkedQueue<>();
  private final Queue<ByteBuffer> arrived = new ConcurrentLinkedQueue<>();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger nextPort = new AtomicInteger();
  private final IntFunction<@Nullable Handler> services;
  private volatile boolean refused;
  private volatile boolean closed;

  /** What becomes of a connection; it is told of the connection before all else. */
  abstract static class Handler implements TcpHandler {
    TcpConnection connection;
  }

  /**
   * Plugs it in.
   *
   * @param own its IPv4 address
   * @param services who takes connections to a port; null refuses them
   */
  PeerGuest(NetBackend network, int mtu, int own, IntFunction<@Nullable Handler> services) {
    this.network = network;
    this.mtu = mtu;
    this.own = own;
    this.services = services;
    offloads = network instanceof OffloadingBackend;
    stack =
        new TcpStack(
            TcpConfig.defaults(mtu), System::nanoTime, new SplittableRandom(1), this, this::onSyn);
    for (int i = 0; i < FRAMES; i++) {
      free.add(new PeerFrame(!offloads, this::completed));
      room.add(ByteBuffer.allocateDirect(HEADER + PeerFrame.MOST));
    }
    network.attach(this);
    thread.setDaemon(true);
    thread.start();
  }

  /** Connects to a host. */
  void connect(int host, int port, Handler handler) {
    tasks.add(
        () -> {
          int from = FIRST_PORT + nextPort.getAndIncrement() % PORTS;
          TcpAddresses ends =
              new TcpAddresses(
                  false,
                  0,
                  Integer.toUnsignedLong(host),
                  port,
                  0,
                  Integer.toUnsignedLong(own),
                  from);
          handler.connection = stack.connect(ends, handler);
        });
    LockSupport.unpark(thread);
  }

  private void onSyn(TcpConnection connection) {
    Handler handler = services.apply(connection.addresses().localPort());
    if (handler == null) {
      connection.refuse();
    } else {
      handler.connection = connection;
      connection.accept(handler);
    }
  }

  private void run() {
    while (!closed) {
      boolean idle = arrived.isEmpty() && tasks.isEmpty();
      Runnable task;
      while ((task = tasks.poll()) != null) {
        task.run();
      }
      ByteBuffer frame;
      for (int i = 0; i < FRAMES && (frame = arrived.poll()) != null; i++) {
        take(frame);
        room.add(frame);
      }
      if (refused) {
        refused = false;
        network.ready();
      }
      stack.flush();
      stack.tick();
      stack.flush();
      if (idle) {
        LockSupport.parkNanos(PATIENCE_NANOS);
      }
    }
    stack.close();
  }

  /** From the virtio header on. */
  private void take(ByteBuffer frame) {
    int ip = HEADER + ETHERNET;
    boolean tcp =
        frame.limit() >= ip + IPV4 && frame.getShort(ip - 2) == 0x0800 && frame.get(ip + 9) == TCP;
    if (tcp && frame.getInt(ip + 16) == own) {
      int start = ip + 4 * (frame.get(ip) & 0xf);
      int end = ip + (frame.getShort(ip + 2) & 0xffff);
      ByteBuffer segment = frame.slice(start, end - start);
      stack.receive(
          stack.addresses(
              false,
              0,
              Integer.toUnsignedLong(frame.getInt(ip + 12)),
              segment.getShort(0) & 0xffff,
              0,
              Integer.toUnsignedLong(own),
              segment.getShort(2) & 0xffff),
          segment);
    }
  }

  @Override
  public int largestPayload(boolean ipv6) {
    return offloads ? 65535 - 80 : 0;
  }

  @Override
  public boolean segment(OutgoingSegment segment) {
    PeerFrame frame = free.poll();
    if (frame == null) {
      return false;
    }
    TcpAddresses ends = segment.addresses();
    int to = (int) ends.remoteLow();
    ByteBuffer bytes = frame.bytes().clear();
    bytes.putShort((short) (ALL >>> 32)).putInt((int) ALL);
    bytes.putShort((short) (MAC >>> 32)).putInt((int) MAC).putShort((short) 0x0800);
    bytes.putShort((short) 0x4500).putShort((short) (IPV4 + segment.length())).putInt(0x4000);
    bytes.put((byte) 64).put((byte) TCP).putShort((short) 0).putInt(own).putInt(to);
    int sum = InternetChecksum.sum(bytes, ETHERNET, IPV4);
    bytes.putShort(ETHERNET + 10, (short) InternetChecksum.finish(sum));
    int start = bytes.position();
    ByteBuffer header = segment.header();
    bytes.put(start, header, 0, header.limit()).position(start + header.limit());
    if (!offloads) {
      int pseudo = InternetChecksum.pseudoHeader(own, to, TCP, segment.length());
      bytes.putShort(start + 16, (short) segment.checksum(pseudo));
    }
    for (int i = 0; i < segment.pieces(); i++) {
      bytes.put(segment.piece(i));
    }
    bytes.flip();
    network.transmit(frame);
    return true;
  }

  private void completed(PeerFrame frame) {
    boolean awaited = free.isEmpty();
    free.add(frame);
    if (awaited) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public Offloads offloads() {
    return new Offloads(true, true, false, false, false);
  }

  @Override
  public boolean deliver(FrameSource frame) {
    ByteBuffer bytes = room();
    if (bytes == null) {
      return false;
    }
    bytes.limit(frame.receive(new Room(bytes)));
    arrive(bytes);
    return true;
  }

  @Override
  public boolean deliver(ByteBuffer frame) {
    ByteBuffer bytes = room();
    if (bytes == null) {
      return false;
    }
    bytes.put(HEADER, frame, frame.position(), frame.remaining());
    arrive(bytes.limit(HEADER + frame.remaining()));
    return true;
  }

  @Override
  public boolean deliver(NetFrame frame) {
    throw new UnsupportedOperationException("there is no other guest");
  }

  private @Nullable ByteBuffer room() {
    ByteBuffer bytes = room.poll();
    if (bytes == null) {
      refused = true;
      bytes = room.poll();
    }
    return bytes == null ? null : bytes.clear();
  }

  private void arrive(ByteBuffer bytes) {
    boolean awaited = arrived.isEmpty();
    arrived.add(bytes);
    if (awaited) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public int mtu() {
    return mtu;
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    LockSupport.unpark(thread);
    thread.join();
    network.detach();
  }

  /** A buffer for one frame. */
  private record Room(ByteBuffer target) implements ReceiveRoom {
    @Override
    public long bytes() {
      return target.capacity();
    }

    @Override
    public IoVector vector() {
      throw new UnsupportedOperationException("nobody reads into it by a system call");
    }

    @Override
    public void write(long offset, ByteBuffer source) {
      int length = source.remaining();
      target.put((int) offset, source, source.position(), length);
      source.position(source.position() + length);
    }
  }
}
