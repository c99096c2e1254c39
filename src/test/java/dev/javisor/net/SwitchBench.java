package dev.javisor.net;

import dev.javisor.backend.NetBackend;
import dev.javisor.backend.NetFrame;
import dev.javisor.backend.NetGuest;
import dev.javisor.internal.net.vswitch.Alarm;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** A switch with a clock that the test moves, and guests that are lists of frames. */
final class SwitchBench implements AutoCloseable {
  static final String ALL = "ff:ff:ff:ff:ff:ff";
  static final int LEAST = 60;

  private final ManualAlarm alarm = new ManualAlarm();
  final DefaultSwitch network;

  SwitchBench(long seed) {
    this(builder -> builder.seed(seed));
  }

  SwitchBench(UnaryOperator<VirtualSwitch.Builder> configure) {
    SwitchBuilder builder = new SwitchBuilder().alarms(alarm::calling);
    VirtualSwitch.Builder unused = configure.apply(builder);
    network = builder.build();
  }

  /** Plugs a guest in; its address is 02:…:0N with N in hexadecimal. */
  Guest plug(String port, int number) {
    return new Guest(network.port(port), "02:00:00:00:00:%02x".formatted(number));
  }

  void advance(Duration time) {
    alarm.advance(time.toNanos());
  }

  long millis() {
    return alarm.nanos / 1_000_000;
  }

  @Override
  public void close() {
    network.close();
  }

  static byte[] frame(String to, String from, int length, int number) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (String address : List.of(to, from)) {
      for (String part : address.split(":")) {
        bytes.put((byte) Integer.parseInt(part, 16));
      }
    }
    bytes.putShort((short) 0x88b5);
    bytes.putInt(number);
    return bytes.array();
  }

  /** A guest that remembers which frames it got, and when. */
  final class Guest implements NetGuest {
    final NetBackend port;
    final String address;
    final List<Integer> numbers = new ArrayList<>();
    final List<byte[]> frames = new ArrayList<>();
    final List<Long> millis = new ArrayList<>();
    boolean full;
    private int sent;

    Guest(NetBackend port, String address) {
      this.port = port;
      this.address = address;
      port.attach(this);
    }

    /** Sends a short frame with the next number. */
    void send(Guest to) {
      send(to.address, address, LEAST);
    }

    void send(Guest to, int length) {
      send(to.address, address, length);
    }

    void send(String to, String from, int length) {
      HeapFrame frame = new HeapFrame(frame(to, from, length, sent++));
      port.transmit(frame);
      if (!frame.complete) {
        throw new AssertionError("the frame is kept");
      }
    }

    void broadcast() {
      send(ALL, address, LEAST);
    }

    @Override
    public boolean deliver(ByteBuffer frame) {
      if (full) {
        return false;
      }
      byte[] bytes = new byte[frame.remaining()];
      frame.get(frame.position(), bytes);
      frames.add(bytes);
      numbers.add(ByteBuffer.wrap(bytes).getInt(14));
      millis.add(millis());
      return true;
    }

    @Override
    public boolean deliver(NetFrame frame) {
      byte[] bytes = new byte[frame.length()];
      frame.copyTo(0, bytes, 0, bytes.length);
      return deliver(ByteBuffer.wrap(bytes));
    }

    @Override
    public int mtu() {
      return 1500;
    }
  }

  /** A frame whose memory the test has. */
  static final class HeapFrame implements NetFrame {
    private final byte[] bytes;
    boolean complete;

    HeapFrame(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public int length() {
      return bytes.length;
    }

    @Override
    public int queue() {
      return 0;
    }

    @Override
    public int bufferCount() {
      return 1;
    }

    @Override
    public ByteBuffer buffer(int index) {
      return ByteBuffer.wrap(bytes);
    }

    @Override
    public void copyTo(int position, ByteBuffer target) {
      target.put(bytes, position, target.remaining());
    }

    @Override
    public void complete() {
      if (complete) {
        throw new IllegalStateException("the frame was given back already");
      }
      complete = true;
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** Time stands still until the test moves it. */
  private static final class ManualAlarm implements Alarm {
    private Runnable task = () -> {};
    private long nanos;
    private long due = Long.MAX_VALUE;

    Alarm calling(Runnable called) {
      task = called;
      return this;
    }

    void advance(long by) {
      long end = nanos + by;
      while (due <= end) {
        nanos = Math.max(nanos, due);
        due = Long.MAX_VALUE;
        task.run();
      }
      nanos = end;
    }

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void set(long wanted) {
      due = Math.min(due, wanted);
    }

    @Override
    public void close() {
      due = Long.MAX_VALUE;
    }
  }
}
