package dev.javisor.internal.net.tap;

import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.IoUring;
import dev.javisor.internal.sys.Mapping;
import dev.javisor.internal.sys.NativeException;
import dev.javisor.internal.sys.TapDevice;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames that are read from a TAP interface before the guest has given a place to each: many by one
 * system call, by io_uring, into memory of the host. For short frames a copy costs less than a
 * system call.
 *
 * <p>No read waits, so io_uring has the results at once.
 *
 * <p>Source: io_uring_enter(2). Threading: one thread at a time.
 */
final class ReadAhead {
  private static final Logger log = LoggerFactory.getLogger(ReadAhead.class);
  private static final int BATCH = 32;

  /** More than the kernel's longest frame and its header; pages that stay empty cost nothing. */
  private static final int SLOT = 68 << 10;

  private static final int SLOT_ALIGNMENT = 4096;
  private static final long PAUSE = 1_000_000;
  private static final int PATIENCE = 1_000;

  private final TapDevice device;
  private final ByteBuffer[] frames = new ByteBuffer[BATCH];
  private final int[] slots = new int[BATCH];
  private @Nullable IoUring ring;
  private @Nullable Mapping memory;
  private boolean unable;
  private int flags = IoUring.NOWAIT;
  private int next;
  private int count;

  ReadAhead(TapDevice device) {
    this.device = device;
  }

  /** Whether there is a frame. */
  boolean hasNext() {
    return next < count;
  }

  /** The next frame, its virtio header first; good until the next {@link #fetch}. */
  ByteBuffer next() {
    return frames[slots[next++]];
  }

  /**
   * Reads frames, once those from before are taken.
   *
   * @return whether there may be more of them in the interface
   */
  boolean fetch() {
    next = 0;
    count = 0;
    IoUring batches = ring();
    Mapping to = memory;
    if (batches == null || to == null) {
      return false;
    }
    for (int i = 0; i < BATCH; i++) {
      long address = to.address() + (long) i * SLOT;
      batches.add(IoUring.OP_READ, device.number(), -1, address, SLOT, flags, i);
    }
    batches.submit();
    int left = BATCH - take(batches);
    for (int i = 0; left > 0 && i < PATIENCE; i++) {
      // The kernel is short of memory.
      batches.submit();
      batches.await(PAUSE);
      left -= take(batches);
    }
    if (left > 0) {
      log.warn("{}: io_uring does not answer; each frame by a call of its own", device.name());
      // Its memory stays for ever: the kernel may yet write to it.
      memory = null;
      close();
    }
    return count == BATCH;
  }

  private int take(IoUring batches) {
    int ended = 0;
    while (batches.hasResult()) {
      int slot = (int) batches.token();
      int length = batches.result();
      batches.next();
      if (length == -Errno.EOPNOTSUPP) {
        // Then io_uring heeds that the descriptor does not block.
        flags = 0;
      }
      if (length > 0) {
        slots[count++] = slot;
        frames[slot].clear().limit(length);
      }
      ended++;
    }
    return ended;
  }

  private @Nullable IoUring ring() {
    if (ring == null && !unable) {
      try {
        Mapping made = Mapping.anonymous((long) BATCH * SLOT, SLOT_ALIGNMENT, device.name());
        memory = made;
        made.transparentHugePages(false);
        for (int i = 0; i < BATCH; i++) {
          frames[i] = made.view((long) i * SLOT, SLOT);
        }
        ring = IoUring.create(BATCH, device.name());
      } catch (NativeException e) {
        log.debug("{}: each frame by a call of its own: {}", device.name(), e.getMessage());
        close();
      }
    }
    return ring;
  }

  /** Gives its memory back; frames that were not taken are lost. */
  void close() {
    unable = true;
    next = 0;
    count = 0;
    if (ring != null) {
      ring.close();
      ring = null;
    }
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }
}
