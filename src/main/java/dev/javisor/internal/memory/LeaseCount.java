package dev.javisor.internal.memory;

import dev.javisor.internal.sys.Mapping;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Counts who holds windows of guest RAM, and unmaps it when it is closed and nobody does. */
final class LeaseCount {
  private static final Cleaner CLEANER = Cleaner.create();

  private final List<Mapping> mappings;
  private int held;
  private boolean closed;

  LeaseCount(List<Mapping> mappings) {
    this.mappings = mappings;
  }

  synchronized MemoryLease lend(Mapping mapping, long offset, int length) {
    if (closed && held == 0) {
      throw new IllegalStateException("guest memory is closed");
    }
    // A buffer of its own, not a slice: slices refer to the buffer at their root, so that this one
    // stays reachable as long as any slice of it does.
    ByteBuffer bytes = mapping.view(offset, length).order(ByteOrder.LITTLE_ENDIAN);
    held++;
    Return back = new Return(this);
    // Watching the buffer, not the lease: whoever drops the lease may still hold its buffer.
    Cleaner.Cleanable cleanable = CLEANER.register(bytes, back);
    return new MemoryLease() {
      @Override
      public ByteBuffer bytes() {
        return bytes;
      }

      @Override
      public void close() {
        cleanable.clean();
      }
    };
  }

  synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (held == 0) {
      mappings.forEach(Mapping::close);
    } else {
      mappings.forEach(Mapping::replaceByZeroPages);
    }
  }

  private synchronized void giveBack() {
    held--;
    if (closed && held == 0) {
      mappings.forEach(Mapping::close);
    }
  }

  private static final class Return extends AtomicBoolean implements Runnable {
    private static final long serialVersionUID = 1L;
    private final transient LeaseCount count;

    Return(LeaseCount count) {
      this.count = count;
    }

    @Override
    public void run() {
      if (compareAndSet(false, true)) {
        count.giveBack();
      }
    }
  }
}
