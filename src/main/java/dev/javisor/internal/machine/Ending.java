package dev.javisor.internal.machine;

import dev.javisor.event.VmExit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of a machine. The guest's first wish counts, later ones are ignored until it is
 * carried out: Linux, for one, asks for a second reset when the first does not work at once. The
 * host's wish for the end comes before a reset, and is never forgotten.
 *
 * <p>Threading: any thread.
 */
final class Ending {
  /**
   * A wish.
   *
   * @param exit how the machine ends, or null for a reset that the guest asked for
   */
  record Wish(@Nullable VmExit exit) {
    boolean isGuestReset() {
      return exit == null;
    }
  }

  private @Nullable Wish wish;
  private boolean resetsHeld;
  private boolean pressing;
  private long pressingSince;

  /** The guest asks for a reset. */
  void guestReset() {
    wish(new Wish(null));
  }

  /** The guest has brought its end about. */
  void guestEnd(VmExit exit) {
    wish(new Wish(exit));
  }

  /** The host wants the end, and it is pressing. */
  synchronized void hostEnd(VmExit exit) {
    press();
    if (wish == null || wish.isGuestReset()) {
      wish = new Wish(exit);
      notifyAll();
    }
  }

  /** Nobody wants to wait for the end any longer than it takes: later calls do nothing. */
  synchronized void press() {
    if (!pressing) {
      pressing = true;
      pressingSince = System.nanoTime();
    }
  }

  /** Whether the end has been pressing for that long. */
  synchronized boolean pressingFor(long nanos) {
    return pressing && System.nanoTime() - pressingSince >= nanos;
  }

  /** Waits for a wish that may be carried out; it stays until {@link #forgetGuestReset}. */
  synchronized Wish await() {
    boolean interrupted = false;
    Wish due = due();
    while (due == null) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
      due = due();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return due;
  }

  /** Lets a guest's reset wait, or lets it come: in a paused machine nothing changes. */
  synchronized void holdResets(boolean held) {
    resetsHeld = held;
    notifyAll();
  }

  /** How the machine is to end, if it is. */
  synchronized Optional<VmExit> end() {
    return wish == null ? Optional.empty() : Optional.ofNullable(wish.exit());
  }

  /** Whether the guest's wish for a reset still stands. */
  synchronized boolean isResetWished() {
    return wish != null && wish.isGuestReset();
  }

  /** Forgets the guest's wish: the machine starts anew. */
  synchronized void forgetGuestReset() {
    if (isResetWished()) {
      wish = null;
    }
  }

  private @Nullable Wish due() {
    return resetsHeld && isResetWished() ? null : wish;
  }

  private synchronized void wish(Wish next) {
    if (wish == null) {
      wish = next;
      notifyAll();
    }
  }
}
