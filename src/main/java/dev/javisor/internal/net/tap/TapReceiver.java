package dev.javisor.internal.net.tap;

import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.net.NetReceiver;
import dev.javisor.internal.net.NetWaker;
import dev.javisor.internal.net.ReceiveRoom;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.NativeBuffer;
import java.nio.ByteBuffer;

/**
 * The way in by one queue of a TAP interface. A frame that is longer than the guest's buffers ends
 * in memory of the host, so that none is cut.
 */
final class TapReceiver implements NetReceiver {
  /** More than the kernel's longest frame and its header. */
  private static final int SPARE = 66 << 10;

  private final TapQueue queue;
  private final NetWaker waker;
  private final int watched;
  private final NativeBuffer spare = NativeBuffer.ofSize(SPARE);
  private int restLength;

  TapReceiver(TapQueue queue, NetWaker waker) {
    this.queue = queue;
    this.waker = waker;
    watched = queue.device().number();
    waker.watch(watched, queue.device().name());
  }

  @Override
  public int receive(ReceiveRoom room) {
    restLength = 0;
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
      restLength = (int) (result - bytes);
    }
    return result > 0 ? (int) result : nothing(result);
  }

  @Override
  public ByteBuffer rest() {
    return spare.bytes().slice(0, restLength);
  }

  @Override
  public boolean discard() {
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
  }
}
