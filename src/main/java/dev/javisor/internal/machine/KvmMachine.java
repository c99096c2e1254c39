package dev.javisor.internal.machine;

import dev.javisor.error.BootStage;
import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VmExit;
import dev.javisor.internal.memory.GuestMemory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger log = LoggerFactory.getLogger(KvmMachine.class);

  private final Path device;
  private final SupportedCpuid cpuid;
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

  KvmMachine(Path device, SupportedCpuid cpuid, MachineSpec spec, MachineListener listener) {
    this.device = device;
    this.cpuid = cpuid;
    this.spec = spec;
    this.listener = listener;
  }

  @Override
  public void boot() {
    lock.lock();
    try {
      Hardware made = Hardware.create(device, cpuid, spec, listener, ending);
      hardware = made;
      incarnation = made.incarnate();
      refuseIfKilled();
      startThreads(incarnation);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void restore(MachineState state, Consumer<GuestMemory> ram) {
    lock.lock();
    try {
      Hardware made = Hardware.create(device, cpuid, spec, listener, ending);
      hardware = made;
      Incarnation revived = made.revive(state, ram);
      incarnation = revived;
      refuseIfKilled();
      pause(true);
      if (state.resetWished()) {
        ending.guestReset();
      }
      startThreads(revived);
      revived.awaitRest();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public MachineState save() {
    lock.lock();
    try {
      Incarnation current = incarnation;
      Hardware outlasting = hardware;
      if (current == null || outlasting == null || !paused) {
        throw new IllegalStateException("only a paused machine can be saved");
      }
      if (ended || ending.end().isPresent()) {
        throw new IllegalStateException("the machine has ended");
      }
      return outlasting.save(current, ending.isResetWished());
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
        pause(true);
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
        pause(false);
        current.resume();
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
    } catch (RuntimeException e) {
      ending.hostEnd(new VmExit.Failed(e));
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
    return current == null || ended ? 0 : current.consoles().offer(bytes, offset, length);
  }

  @Override
  public void resizeConsole(int columns, int rows) {
    Hardware current = hardware;
    if (current != null && !ended) {
      current.consoles().resize(columns, rows);
    }
  }

  @Override
  public Optional<Path> serialPath() {
    Hardware current = hardware;
    return current == null ? Optional.empty() : current.consoles().serialPath();
  }

  @Override
  public Optional<Path> virtioConsolePath() {
    Hardware current = hardware;
    return current == null ? Optional.empty() : current.consoles().virtioPath();
  }

  @Override
  public List<VcpuInfo> vcpus() {
    Incarnation current = incarnation;
    return current == null ? lastReports : current.inspect();
  }

  @Override
  public Map<String, Map<String, Long>> counters() {
    Hardware current = hardware;
    return current == null ? Map.of() : current.devices().counters();
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
      Threads.join(thread);
    }
  }

  /** What outlasts resets, or null before the boot. */
  @Nullable Hardware hardware() {
    return hardware;
  }

  private void refuseIfKilled() {
    if (ending.end().isPresent()) {
      throw new MachineBootException(BootStage.START, "it was killed while it booted", null, null);
    }
  }

  private void startThreads(Incarnation first) {
    try {
      Thread thread = spec.threads().newThread("control", this::control);
      first.start();
      thread.start();
      // From here on that thread gives everything back; before, the caller's close() does.
      control = thread;
    } catch (IllegalStateException e) {
      throw new MachineBootException(BootStage.START, String.valueOf(e.getMessage()), null, e);
    }
  }

  private void control() {
    VmExit exit = null;
    while (exit == null) {
      VmExit wished = ending.await().exit();
      lock.lock();
      try {
        exit = wished == null ? guestReset() : wished;
        if (exit != null) {
          finish(exit);
        }
      } catch (RuntimeException | Error e) {
        // Nothing is freed that a vCPU may still run on; but whoever waits for the end must hear.
        log.error("{}: not everything was given back to the host", spec.name(), e);
        ended = true;
        exit = new VmExit.Failed(e);
      } finally {
        lock.unlock();
      }
    }
    listener.onExit(exit);
  }

  private @Nullable VmExit guestReset() {
    if (paused || !ending.isResetWished()) {
      // A pause came first, or the host's own reset, which served this wish too.
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
      return ending.end().orElseGet(() -> new VmExit.Failed(e));
    }
  }

  private void restart() {
    Incarnation before = incarnation;
    Hardware current = hardware;
    if (before == null || current == null) {
      throw new IllegalStateException("reset before boot");
    }
    before.stop();
    lastReports = before.inspect();
    if (!paused) {
      current.devices().quiesce();
    }
    current.disconnect();
    before.close();
    incarnation = null;
    listener.onReboot();
    current.reset();
    current.devices().resume();
    ending.forgetGuestReset();
    pause(false);
    Incarnation next = current.incarnate();
    incarnation = next;
    next.start();
  }

  private void pause(boolean now) {
    paused = now;
    ending.holdResets(now);
  }

  private void finish(VmExit exit) {
    Incarnation last = incarnation;
    if (last != null) {
      last.stop();
      lastReports = last.inspect();
    }
    if (exit instanceof VmExit.PowerOff || exit instanceof VmExit.Reset) {
      devices().keepWrites();
    } else {
      ending.press();
    }
    release();
  }

  /** First what uses, then what is used: vCPUs, devices, KVM's part, RAM. */
  private void release() {
    ended = true;
    Incarnation last = incarnation;
    Hardware current = hardware;
    if (last != null) {
      last.stop();
    }
    if (current != null) {
      current.closeDevices();
    }
    if (last != null) {
      last.close();
      incarnation = null;
    }
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
}
