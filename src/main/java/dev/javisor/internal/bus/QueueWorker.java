package dev.javisor.internal.bus;

/**
 * Runs one task, over and over, each time it is woken: by a guest's write to a doorbell, which
 * costs the vCPU no exit (KVM_IOEVENTFD), or by {@link #wake}. Wake-ups that come while the task
 * runs make it run once more; none is lost, several may merge.
 *
 * <p>The task runs on one thread at a time, never on a vCPU's. What one run wrote, the next one
 * sees.
 *
 * <p>Threading: any thread but the task's own, where only {@link #wake} is allowed.
 */
public interface QueueWorker extends AutoCloseable {
  /** Makes the task run, once, soon. Never blocks. */
  void wake();

  /**
   * Whether it looks at its {@link QueuePoll} before it sleeps. If so, it is that which asks for
   * notifications, and the task asks for none.
   */
  default boolean polls() {
    return false;
  }

  /**
   * The host's event descriptor of which a signal wakes the task as {@link #wake} does, for what
   * the kernel can signal by itself, such as io_uring's completions; -1 if there is none.
   */
  default int descriptor() {
    return -1;
  }

  /**
   * Makes a descriptor of the host's wake the task whenever something new can be read from it; once
   * for what comes meanwhile, and not again for what the task leaves there. On any thread, the
   * task's own too. A worker that {@link #polls} sleeps at once from then on.
   *
   * @param descriptor open until {@link #unwatch}
   * @param name what it is, for messages
   */
  default void watch(int descriptor, String name) {
    throw new UnsupportedOperationException("this worker watches no descriptors");
  }

  /** The descriptor no longer wakes the task. On any thread, the task's own too. */
  default void unwatch(int descriptor) {}

  /**
   * Lets guest writes at this address wake the task; it replaces the address set before. Such
   * writes do not reach the device's registers, unless the host has no room for them: so a device
   * calls {@link #wake} when one does.
   *
   * @param gpa where the guest writes
   * @param size the width of the write in bytes: 2 or 4, or 0 for any
   */
  void listen(long gpa, int size);

  /** The guest's writes no longer wake the task. */
  void deafen();

  /**
   * Stops: on return the task does not run, and it will not before {@link #resume}. Wake-ups are
   * kept. Calling it again changes nothing.
   */
  void pause();

  /** Goes on; the task runs once at least, in case the guest rang meanwhile. */
  void resume();

  /** Stops for good and gives thread and descriptors back. */
  @Override
  void close();
}
