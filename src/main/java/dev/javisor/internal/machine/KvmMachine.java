package dev.javisor.internal.machine;

import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VmExit;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A machine on KVM. Devices, RAM and interrupt lines last as long as the machine; KVM's own part is
 * made anew at each reset ({@link Incarnation}).
 *
 * <p>A control thread carries out what the guest brings about: vCPU threads only say what they wish
 * ({@link Ending}), since none of them can stop itself.
 *
 * <p>Threading: see {@link Machine}. The lock is held while vCPUs are started or stopped, by the
 * control thread or by a caller.
 */
final class KvmMachine implements Machine {
  private final Path device;
  private final MachineSpec spec;
  private final MachineListener listener;
  private final Ending ending = new Ending();
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock, but for readers that can do with a stale one.
  private volatile @Nullable Hardware hardware;
  private volatile @Nullable Incarnation incarnation;
  private volatile List<VcpuInfo> lastReports = List.of();
  private volatile boolean ended;
  private boolean paused;
  private @Nullable Thread control;

  KvmMachine(Path device, MachineSpec spec, MachineListener listener) {
    this.device = device;
    this.spec = spec;
    this.listener = listener;
  }

  @Override
  public void boot() {
    lock.lock();
    try {
      Hardware made = Hardware.create(device, spec, listener, ending);
      hardware = made;
      Incarnation first = made.incarnate();
      incarnation = first;
      Thread thread = spec.threads().newThread("control", this::control);
      control = thread;
      first.start();
      thread.start();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void pause() {
    lock.lock();
    try {
      Incarnation current = incarnation;
      if (current != null && !paused && !ended) {
        current.park();
        devices().quiesce();
        paused = true;
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void resume() {
    lock.lock();
    try {
      Incarnation current = incarnation;
      if (current != null && paused && !ended) {
        devices().resume();
        current.resume();
        paused = false;
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void reset() {
    lock.lock();
    try {
      if (!ended && incarnation != null) {
        restart();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void powerButton() {
    lock.lock();
    try {
      if (!ended && hardware != null) {
        devices().pressPowerButton();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void kill() {
    ending.hostEnd(new VmExit.Killed());
  }

  @Override
  public int consoleInput(byte[] bytes, int offset, int length) {
    Hardware current = hardware;
    return current == null || ended ? 0 : current.devices().consoleInput(bytes, offset, length);
  }

  @Override
  public List<VcpuInfo> vcpus() {
    Incarnation current = incarnation;
    return current == null ? lastReports : current.inspect();
  }

  @Override
  public void close() {
    kill();
    Thread thread;
    lock.lock();
    try {
      thread = control;
      if (thread == null) {
        release();
      }
    } finally {
      lock.unlock();
    }
    if (thread != null && thread != Thread.currentThread()) {
      joinUninterruptibly(thread);
    }
  }

  /** What outlasts resets, or null before the boot. */
  @Nullable Hardware hardware() {
    return hardware;
  }

  private void control() {
    while (true) {
      Ending.Wish wish = ending.await();
      VmExit exit = wish.exit();
      lock.lock();
      try {
        if (exit == null) {
          exit = guestReset();
        }
        if (exit != null) {
          finish();
        }
      } finally {
        lock.unlock();
      }
      if (exit != null) {
        listener.onExit(exit);
        return;
      }
    }
  }

  private @Nullable VmExit guestReset() {
    if (!ending.isResetWished()) {
      // The host's own reset came first and served this wish too.
      return null;
    }
    VmExit exit = listener.onGuestReset();
    if (exit != null) {
      return exit;
    }
    try {
      restart();
      return null;
    } catch (RuntimeException e) {
      return new VmExit.Failed(e);
    }
  }

  private void restart() {
    Incarnation before = incarnation;
    if (before != null) {
      before.stop();
      incarnation = null;
    }
    paused = false;
    Hardware current = hardware;
    if (current == null) {
      throw new IllegalStateException("reset before boot");
    }
    listener.onReboot();
    current.reset();
    ending.forgetGuestReset();
    Incarnation next = current.incarnate();
    incarnation = next;
    next.start();
  }

  private void finish() {
    Incarnation last = incarnation;
    if (last != null) {
      last.stop();
      lastReports = last.inspect();
      incarnation = null;
    }
    ended = true;
    release();
  }

  private void release() {
    ended = true;
    Incarnation last = incarnation;
    if (last != null) {
      last.stop();
      incarnation = null;
    }
    Hardware current = hardware;
    if (current != null) {
      current.close();
    }
  }

  private Devices devices() {
    Hardware current = hardware;
    if (current == null) {
      throw new IllegalStateException("the machine has not booted");
    }
    return current.devices();
  }

  private static void joinUninterruptibly(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
