package dev.javisor;

import dev.javisor.error.BootStage;
import dev.javisor.error.ExitTimeoutException;
import dev.javisor.error.GuestBootException;
import dev.javisor.error.HypervisorUnavailableException;
import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VcpuState;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmState;
import dev.javisor.internal.console.ConsoleLog;
import dev.javisor.internal.machine.Machine;
import dev.javisor.internal.machine.MachineBootException;
import dev.javisor.internal.machine.MachineThreads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What may be asked of a machine when, and the one after the other. Knows nothing of the public
 * handle, so that a leak of that one can be noticed.
 *
 * <p>Threading: any thread. Calls that change the state hold the lifecycle lock while they call the
 * machine; the machine's own calls come to {@link VmMonitor}, which never takes it.
 */
final class VmLifecycle implements ConsoleHub.HaltWatch {
  private static final Logger LOG = LoggerFactory.getLogger(VmLifecycle.class);
  private static final long LISTENERS_END_NANOS = TimeUnit.MILLISECONDS.toNanos(800);
  private static final int HALTED_CHECKS = 2;

  private final VmSetup setup;
  private final VmMonitor monitor;
  private final CallLegality legality;
  private final ConsoleTyping typing;
  private final ReentrantLock lifecycle = new ReentrantLock();
  private boolean bootCalled;
  private int haltedChecks;
  private volatile @Nullable MachineThreads threads;
  private volatile @Nullable Machine machine;
  private volatile boolean ending;

  VmLifecycle(VmSetup setup) {
    this.setup = setup;
    typing = new ConsoleTyping(() -> machine);
    monitor = new VmMonitor(setup, body -> newThread("events", body), typing::ready, this);
    legality = new CallLegality(setup.name(), monitor);
  }

  String name() {
    return setup.name();
  }

  VmState state() {
    return monitor.state();
  }

  ConsoleLog log() {
    return monitor.log();
  }

  CompletableFuture<VmExit> exited() {
    return monitor.exited();
  }

  void boot(Object handle) {
    lifecycle.lock();
    try {
      legality.notClosed("boot()");
      if (bootCalled || state() != VmState.CREATED) {
        throw legality.illegal("boot()", "it was booted before; build another machine");
      }
      bootCalled = true;
      start(handle);
    } finally {
      lifecycle.unlock();
    }
  }

  private void start(Object handle) {
    try {
      MachineThreads made = new LogContextThreads(name(), setup.threadFactory());
      threads = made;
      monitor.events().start();
      monitor.holdWhileRunning(handle);
      start(setup.platform().create(setup.spec().apply(made), monitor));
    } catch (RuntimeException e) {
      RuntimeException reported = bootFailure(e);
      close(new VmExit.Failed(reported));
      throw reported;
    } catch (Error e) {
      close(new VmExit.Failed(e));
      throw e;
    }
  }

  private void start(Machine made) {
    machine = made;
    if (ending) {
      throw new MachineBootException(BootStage.START, "it was killed while it booted", null, null);
    }
    made.boot();
    setup.letGo().run();
    monitor.started();
  }

  private RuntimeException bootFailure(RuntimeException e) {
    if (e instanceof HypervisorUnavailableException) {
      return e;
    }
    String message = String.valueOf(e.getMessage());
    if (e instanceof MachineBootException failure) {
      String errno = failure.errno().orElse(null);
      return new GuestBootException(failure.stage(), message, errno, monitor.consoleTail(), e);
    }
    return new GuestBootException(BootStage.START, message, null, monitor.consoleTail(), e);
  }

  void pause() {
    lifecycle.lock();
    try {
      if (legality.runningOrPaused("pause()") == VmState.RUNNING) {
        pause(machine());
        if (!monitor.move(VmState.RUNNING, VmState.PAUSED)) {
          throw legality.illegal("pause()", "the guest ended meanwhile");
        }
      }
    } finally {
      lifecycle.unlock();
    }
  }

  private void pause(Machine running) {
    try {
      running.pause();
    } catch (IllegalStateException e) {
      if (ending) {
        // It waited for a device when somebody wanted the end.
        throw legality.illegal("pause()", String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  void resume() {
    lifecycle.lock();
    try {
      if (legality.runningOrPaused("resume()") == VmState.PAUSED) {
        // Before the guest runs: it may end at once, and must not be seen running after that.
        if (monitor.move(VmState.PAUSED, VmState.RUNNING)) {
          machine().resume();
        }
      }
    } finally {
      lifecycle.unlock();
    }
  }

  void reset() {
    lifecycle.lock();
    try {
      legality.runningOrPaused("reset()");
      boolean unused = monitor.move(VmState.PAUSED, VmState.RUNNING);
      machine().reset();
    } finally {
      lifecycle.unlock();
    }
  }

  void powerButton() {
    lifecycle.lock();
    try {
      legality.runningOrPaused("powerButton()");
      machine().powerButton();
    } finally {
      lifecycle.unlock();
    }
  }

  boolean shutdown(Duration timeout) throws InterruptedException {
    legality.notOnEventThread("shutdown()");
    lifecycle.lock();
    try {
      legality.notClosed("shutdown()");
      if (state() != VmState.EXITED) {
        if (legality.runningOrPaused("shutdown()") == VmState.PAUSED) {
          throw legality.illegal("shutdown()", "a paused guest cannot react; resume() it first");
        }
        machine().powerButton();
      }
    } finally {
      lifecycle.unlock();
    }
    return monitor.await(timeout) != null;
  }

  void kill() {
    ending = true;
    Machine running = machine;
    if (running != null) {
      running.kill();
    } else if (state() == VmState.CREATED && lifecycle.tryLock()) {
      try {
        if (!bootCalled) {
          close(new VmExit.Killed());
        }
      } finally {
        lifecycle.unlock();
      }
    }
  }

  /** Refuses a call that waits for the guest on the thread that tells about it. */
  void checkMayWait(String call) {
    legality.notOnEventThread(call);
  }

  /** The message of the panic in which the guest's kernel spins for ever, or null. */
  @Nullable String endlessPanic() {
    return monitor.exit() == null ? monitor.endlessPanic() : null;
  }

  VmExit awaitExit(Duration timeout) throws InterruptedException {
    legality.notOnEventThread("awaitExit()");
    if (state() == VmState.CREATED) {
      throw legality.illegal("awaitExit()", "it was not booted, so it would never end");
    }
    VmExit exit = monitor.await(timeout);
    if (exit == null) {
      throw new ExitTimeoutException(name(), timeout, vcpusOrNone(), monitor.consoleTail());
    }
    return exit;
  }

  List<VcpuInfo> vcpus() {
    legality.notClosed("vcpus()");
    return vcpusOrNone();
  }

  private List<VcpuInfo> vcpusOrNone() {
    Machine known = machine;
    return known == null ? List.of() : known.vcpus();
  }

  Map<String, Map<String, Long>> counters() {
    Machine known = machine;
    return known == null ? Map.of() : known.counters();
  }

  void write(byte[] bytes) throws InterruptedException {
    typing.write(bytes, monitor, legality);
  }

  void resizeConsole(int columns, int rows) {
    typing.resize(columns, rows, monitor, legality);
  }

  Optional<Path> serialPath() {
    Machine known = machine;
    return known == null ? Optional.empty() : known.serialPath();
  }

  Optional<Path> virtioConsolePath() {
    Machine known = machine;
    return known == null ? Optional.empty() : known.virtioConsolePath();
  }

  /**
   * Ends and frees everything.
   *
   * @param reason what its end counts as, unless it ended before
   */
  void close(VmExit reason) {
    if (closeUnlessClosed(reason)) {
      endEventLoop();
    }
  }

  /** Like {@link #close}, but runs none of the caller's code on the calling thread. */
  void closeLost() {
    if (closeUnlessClosed(new VmExit.Killed())) {
      monitor.completeAnyway();
    }
  }

  private boolean closeUnlessClosed(VmExit reason) {
    ending = true;
    Machine known = machine;
    if (known != null) {
      known.kill();
    }
    lifecycle.lock();
    try {
      if (state() == VmState.CLOSED) {
        return false;
      }
      closeMachine();
      setup.letGo().run();
      monitor.close(reason);
      return true;
    } finally {
      lifecycle.unlock();
    }
  }

  private void closeMachine() {
    Machine known = machine;
    if (known != null) {
      try {
        known.close();
      } catch (RuntimeException e) {
        LOG.error("VM {}: not everything was given back to the host", name(), e);
      }
    }
  }

  private void endEventLoop() {
    EventLoop events = monitor.events();
    if (events.isStarted()) {
      if (!events.join(LISTENERS_END_NANOS)) {
        LOG.warn("VM {}: a listener or console consumer blocks; interrupting it", name());
        events.interrupt();
        monitor.completeAnyway();
      }
    } else {
      events.runHere();
    }
  }

  @Override
  public boolean isNeeded() {
    return monitor.panic() != null && state() == VmState.RUNNING;
  }

  @Override
  public void check() {
    String message = monitor.panic();
    Machine known = machine;
    if (message == null || known == null) {
      return;
    }
    // A vCPU that another one is about to kick may look halted for a moment.
    haltedChecks = hasHalted(known.vcpus()) ? haltedChecks + 1 : 0;
    if (haltedChecks >= HALTED_CHECKS && !ending) {
      monitor.haltedInPanic(message);
      known.kill();
    }
  }

  private static boolean hasHalted(List<VcpuInfo> vcpus) {
    return vcpus.stream().anyMatch(vcpu -> vcpu.state() == VcpuState.HALTED)
        && vcpus.stream()
            .allMatch(
                vcpu -> vcpu.state() == VcpuState.HALTED || vcpu.state() == VcpuState.WAITING);
  }

  /** A daemon thread of a machine that was booted. */
  Thread newThread(String role, Runnable body) {
    MachineThreads made = threads;
    if (made == null) {
      throw new IllegalStateException("not booted");
    }
    return made.newThread(role, body);
  }

  private Machine machine() {
    Machine known = machine;
    if (known == null) {
      throw new IllegalStateException("not booted");
    }
    return known;
  }
}
