package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.QueueWorker;

/**
 * Where a worker is rung without an exit: at an address that comes and goes with a BAR, and only
 * while a queue of the worker is in use, since KVM has room for a thousand such addresses a machine
 * and each costs it a search. Rings that do exit reach the worker, too.
 *
 * <p>Threading: any thread.
 */
final class QueueDoorbell {
  private static final long NOWHERE = -1;

  private final QueueWorker worker;
  private long gpa = NOWHERE;
  private boolean inUse;

  QueueDoorbell(QueueWorker worker) {
    this.worker = worker;
  }

  /** The BAR is mapped, or has moved: the doorbell is here. */
  synchronized void place(long at) {
    gpa = at;
    if (inUse) {
      worker.listen(gpa, 0);
    }
  }

  /** The BAR is not mapped any more. */
  synchronized void remove() {
    gpa = NOWHERE;
    worker.deafen();
  }

  /** Whether a queue of the worker is in use. */
  synchronized void use(boolean used) {
    if (used != inUse) {
      inUse = used;
      if (!used) {
        worker.deafen();
      } else if (gpa != NOWHERE) {
        worker.listen(gpa, 0);
      }
    }
  }
}
