package dev.javisor.internal.virtio.net;

import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.net.FrameSink;
import dev.javisor.internal.net.NetPort;
import dev.javisor.internal.net.NetReceiver;
import dev.javisor.internal.net.NetSender;
import dev.javisor.internal.net.NetWaker;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.net.ReceiveRoom;
import dev.javisor.internal.net.SentFrame;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** A port whose other side is the test. As a TAP's, its frames have headers. */
final class FakePort implements NetPort {
  final List<byte[]> sent = new ArrayList<>();
  final List<Integer> sentBy = new ArrayList<>();
  final List<SentFrame> kept = new ArrayList<>();
  final Map<Integer, Queue<byte[]>> incoming = new HashMap<>();
  final Map<Integer, NetWaker> wakers = new HashMap<>();
  final List<String> calls = new ArrayList<>();
  Offloads offloads = Offloads.ALL;
  boolean keep;
  boolean gone;

  /** A frame for the guest comes by this pair. */
  void arrive(int pair, byte[] headerAndFrame) {
    incoming.computeIfAbsent(pair, p -> new ArrayDeque<>()).add(headerAndFrame);
    NetWaker waker = wakers.get(pair);
    if (waker != null) {
      waker.wake();
    }
  }

  @Override
  public String description() {
    return "a fake";
  }

  @Override
  public int mtu() {
    return 1500;
  }

  @Override
  public Offloads offloads() {
    return offloads;
  }

  @Override
  public int pairs() {
    return 4;
  }

  @Override
  public NetSender sender(int pair, NetWaker waker) {
    return new NetSender() {
      @Override
      public void send(SentFrame frame) {
        byte[] bytes = new byte[frame.length()];
        frame.copyTo(0, bytes, 0, bytes.length);
        sent.add(bytes);
        sentBy.add(frame.queue());
        if (keep) {
          kept.add(frame);
        } else {
          frame.end(false);
        }
      }

      @Override
      public void cancel() {
        calls.add("cancel");
        kept.forEach(frame -> frame.end(true));
        kept.clear();
      }
    };
  }

  @Override
  public NetReceiver receiver(int pair, FrameSink sink, NetWaker waker) {
    wakers.put(pair, waker);
    Queue<byte[]> frames = incoming.computeIfAbsent(pair, p -> new ArrayDeque<>());
    return new Receiver(pair, frames);
  }

  @Override
  public boolean accept(Offloads wanted) {
    calls.add("accept " + (wanted.checksum() ? "csum" : "") + (wanted.tso4() ? " tso4" : ""));
    return true;
  }

  @Override
  public boolean usePairs(int count) {
    calls.add("pairs " + count);
    return true;
  }

  @Override
  public void link(boolean up) {
    calls.add("link " + up);
  }

  @Override
  public void close() {
    calls.add("close");
  }

  private final class Receiver implements NetReceiver {
    private final int pair;
    private final Queue<byte[]> frames;
    private byte[] rest = new byte[0];

    Receiver(int pair, Queue<byte[]> frames) {
      this.pair = pair;
      this.frames = frames;
    }

    @Override
    public int receive(ReceiveRoom room) {
      byte[] next = frames.poll();
      if (next == null) {
        return gone ? GONE : NOTHING;
      }
      IoVector vector = room.vector();
      long pieces = 0;
      for (int i = 0; i < vector.count(); i++) {
        pieces += vector.length(i);
      }
      if (pieces != room.bytes()) {
        throw new AssertionError(pieces + " bytes of pieces, " + room.bytes() + " of room");
      }
      int first = (int) Math.min(next.length, room.bytes());
      room.write(0, ByteBuffer.wrap(next, 0, first));
      rest = java.util.Arrays.copyOfRange(next, first, next.length);
      return next.length;
    }

    @Override
    public ByteBuffer rest() {
      return ByteBuffer.wrap(rest);
    }

    @Override
    public boolean discard() {
      return frames.poll() != null;
    }

    @Override
    public void close() {
      wakers.remove(pair);
    }
  }
}
