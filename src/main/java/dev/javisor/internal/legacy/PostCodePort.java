package dev.javisor.internal.legacy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The debug port to which a guest writes how far it has come (PIO 0x80).
 *
 * <p>Spec: PC/AT technical reference, manufacturing test port; Cloud Hypervisor docs/debug-port.md
 * (ranges of codes).
 *
 * <p>Some systems write here to pass a microsecond, so codes may mean nothing.
 *
 * <p>Not modelled: a display; what was written last can be read back.
 *
 * <p>Threading: any vCPU thread; guarded by {@code this}. The listener is called with the lock
 * held.
 */
final class PostCodePort extends ByteRegisters implements DebugPort {
  private final String id;
  private final LongSupplier nanoTime;
  private final Consumer<DebugCode> listener;
  private final Deque<DebugCode> recent = new ArrayDeque<>(RECENT_CODES);
  private long count;
  private int last;

  PostCodePort(String id, LongSupplier nanoTime, Consumer<DebugCode> listener) {
    super(SIZE);
    this.id = id;
    this.nanoTime = nanoTime;
    this.listener = listener;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  synchronized int readByte(int offset) {
    return last;
  }

  @Override
  synchronized void writeByte(int offset, int value) {
    last = value;
    count++;
    if (recent.size() == RECENT_CODES) {
      recent.removeFirst();
    }
    DebugCode code = new DebugCode(value, nanoTime.getAsLong());
    recent.addLast(code);
    listener.accept(code);
  }

  @Override
  public synchronized List<DebugCode> recent() {
    return List.copyOf(recent);
  }

  @Override
  public synchronized long count() {
    return count;
  }

  @Override
  public synchronized void reset() {
    last = 0;
  }

  @Override
  public synchronized DebugPortState save() {
    return new DebugPortState(DebugPortState.VERSION, last);
  }

  @Override
  public synchronized void restore(DebugPortState state) {
    StateCheck.version(state, DebugPortState.VERSION);
    last = StateCheck.bits("last", state.last(), 0xff);
  }
}
