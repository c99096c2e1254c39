package dev.javisor.internal.net.tap;

import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.net.NetReceiver;
import dev.javisor.internal.net.NetWaker;
import dev.javisor.internal.net.ReceiveRoom;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.NativeBuffer;
import java.nio.ByteBuffer;

/**
 * The way in by one queue of a TAP interface, by readv into the guest's RAM; many short frames in a
 * row are read ahead. A frame that is longer than the guest's buffers ends in memory of the host,
 * so that none is cut.
 */
final class TapReceiver implements NetReceiver {
  /** More than the kernel's longest frame and its header. */
  private static final int SPARE = 66 << 10;

  /** With so many short frames in a row, reading ahead is worth it. */
  private static final int MANY = 8;

  /** Frames up to that many bytes, header included, are sooner copied than read apart. */
  private static final int SHORT = 4096;

  private static final ByteBuffer NO_REST = ByteBuffer.allocate(0);

  private final TapQueue queue;
  private final NetWaker waker;
  private final int watched;
  private final NativeBuffer spare = NativeBuffer.ofSize(SPARE);
  private final ReadAhead ahead;
  private ByteBuffer rest = NO_REST;

  /** Short frames that came one after the other. */
  private int shortOnes;

  TapReceiver(TapQueue queue, NetWaker waker) {
    this.queue = queue;
    ahead = new ReadAhead(queue.device());
    this.waker = waker;
    watched = queue.device().number();
    waker.watch(watched, queue.device().name());
  }

  @Override
  public int receive(ReceiveRoom room) {
    rest = NO_REST;
    if (!ahead.hasNext() && shortOnes >= MANY && !ahead.fetch()) {
      shortOnes = 0;
    }
    return ahead.hasNext() ? copy(ahead.next(), room) : read(room);
  }

  private int copy(ByteBuffer frame, ReceiveRoom room) {
    int length = frame.remaining();
    int here = (int) Math.min(length, room.bytes());
    room.write(0, frame.limit(here));
    if (here < length) {
      rest = frame.limit(length);
    }
    if (length > SHORT) {
      shortOnes = 0;
    }
    return length;
  }

  private int read(ReceiveRoom room) {
    IoVector vector = room.vector();
    long bytes = room.bytes();
    boolean extended = vector.addHost(spare.address(), SPARE);
    long result;
    do {
      result = queue.device().tryReadVector(vector.address(), vector.count());
    } while (result == -Errno.EINTR);
    if (extended) {
      vector.removeLast();
    }
    if (result > bytes) {
      rest = spare.bytes().slice(0, (int) (result - bytes));
    }
    shortOnes = result > 0 && result <= SHORT ? shortOnes + 1 : 0;
    return result > 0 ? (int) result : nothing(result);
  }

  @Override
  public ByteBuffer rest() {
    return rest;
  }

  @Override
  public boolean discard() {
    if (ahead.hasNext()) {
      ahead.next();
      return true;
    }
    long result;
    do {
      result = queue.device().tryRead(spare.address(), SPARE);
    } while (result == -Errno.EINTR);
    return result > 0;
  }

  private int nothing(long result) {
    return result == -Errno.EBADFD && queue.enabled() ? GONE : NOTHING;
  }

  @Override
  public void close() {
    waker.unwatch(watched);
    ahead.close();
  }
}
