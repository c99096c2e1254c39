package dev.javisor;

import dev.javisor.config.OnReset;
import dev.javisor.event.VmEvent;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmListener;
import dev.javisor.event.VmState;
import dev.javisor.internal.console.ConsoleLog;
import dev.javisor.internal.console.ConsoleText;
import dev.javisor.internal.console.ConsumerPump;
import dev.javisor.internal.console.PanicWatch;
import dev.javisor.internal.machine.MachineListener;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what a machine says and keeps it: the state, the console, how it ended. Tells listeners, on
 * the event loop.
 *
 * <p>Threading: any thread. What the machine calls only appends and posts; its one lock is held for
 * a few instructions.
 */
final class VmMonitor implements MachineListener {
  /** How much of the console an exception's message shows. */
  private static final int TAIL_LINES = 20;

  private static final int TAIL_BYTES = 4096;
  private static final Logger LOG = LoggerFactory.getLogger(VmMonitor.class);

  private final VmSetup setup;
  private final ConsoleLog log;
  private final ConsoleHub hub;
  private final EventLoop events;
  private final PanicWatch panics = new PanicWatch();
  private final CompletableFuture<VmExit> exited = new CompletableFuture<>();
  private final Object stateLock = new Object();
  private final Runnable inputReady;

  private volatile VmState state = VmState.CREATED;
  private volatile @Nullable VmExit exit;
  private volatile @Nullable String haltedInPanic;

  /** Keeps the public handle reachable from the machine's threads while the guest runs. */
  @SuppressWarnings("UnusedVariable") // Never read: that it is reachable is all.
  private volatile @Nullable Object held;

  /**
   * @param threads makes the event loop's thread
   * @param inputReady called when the console can take input again, or never will
   * @param haltWatch looks whether a guest in panic has halted
   */
  VmMonitor(
      VmSetup setup,
      Function<Runnable, Thread> threads,
      Runnable inputReady,
      ConsoleHub.HaltWatch haltWatch) {
    this.setup = setup;
    this.inputReady = inputReady;
    log = new ConsoleLog(setup.consoleBuffer(), this::wakeLoop);
    List<ConsumerPump> pumps =
        setup.consumers().stream().map(made -> new ConsumerPump(log, made.get())).toList();
    hub = new ConsoleHub(log, pumps, haltWatch);
    events = new EventLoop(threads, hub);
  }

  VmState state() {
    return state;
  }

  /** How the guest ended, or null while it has not. */
  @Nullable VmExit exit() {
    return exit;
  }

  /** Completes on the event loop, when all output and events are delivered. */
  CompletableFuture<VmExit> exited() {
    return exited;
  }

  ConsoleLog log() {
    return log;
  }

  EventLoop events() {
    return events;
  }

  /** What the console showed last, for messages. */
  String consoleTail() {
    return ConsoleText.tail(log, TAIL_LINES, TAIL_BYTES);
  }

  /** The message of the panic that the guest is in, as far as the console tells, or null. */
  @Nullable String panic() {
    return panics.pending();
  }

  /** As {@link #panic}, but only once the kernel has said that it does nothing any more. */
  @Nullable String endlessPanic() {
    return panics.endless();
  }

  /** Keeps this object reachable until the guest ends. */
  void holdWhileRunning(Object handle) {
    held = handle;
  }

  /**
   * Goes from one state to another.
   *
   * @return whether the machine was in that state
   */
  boolean move(VmState from, VmState to) {
    synchronized (stateLock) {
      if (state != from) {
        return false;
      }
      change(to);
      return true;
    }
  }

  /** The boot has succeeded; the guest may have ended already. */
  void started() {
    boolean unused = move(VmState.CREATED, VmState.RUNNING);
  }

  /** Records how it ended, unless that is known already; then closes the record. */
  void close(VmExit reason) {
    end(reason);
    endAgent();
    synchronized (stateLock) {
      change(VmState.CLOSED);
    }
    events.finish();
  }

  /** Completes the future if nobody else could. */
  void completeAnyway() {
    VmExit known = exit;
    if (known != null) {
      exited.complete(known);
    }
  }

  /** The guest, which shows a panic, is about to be killed because it has halted. */
  void haltedInPanic(String message) {
    haltedInPanic = message;
  }

  @Override
  public void onConsoleOutput(byte b) {
    if (log.append(b)) {
      tell(() -> new VmEvents.ConsoleOverflow(setup.name(), Instant.now(), log.capacity()));
    }
    String message = panics.accept(b);
    if (message != null) {
      tell(() -> new VmEvents.PanicText(setup.name(), Instant.now(), message));
    }
  }

  @Override
  public void onConsoleInputReady() {
    inputReady.run();
  }

  @Override
  public void onDeviceActivated(String device) {
    tell(() -> new VmEvents.DeviceActivated(setup.name(), Instant.now(), device));
  }

  @Override
  public void onDeviceReset(String device) {
    tell(() -> new VmEvents.DeviceReset(setup.name(), Instant.now(), device));
  }

  @Override
  public @Nullable VmExit onGuestReset() {
    return setup.onReset() == OnReset.REBOOT ? null : withPanic(new VmExit.Reset());
  }

  @Override
  public void onReboot() {
    Optional<String> panic = Optional.ofNullable(panics.pending());
    panics.reset();
    tell(() -> new VmEvents.Rebooted(setup.name(), Instant.now(), panic));
  }

  @Override
  public void onExit(VmExit reason) {
    String halted = haltedInPanic;
    VmExit seen =
        halted != null && reason instanceof VmExit.Killed
            ? new VmExit.Panic(halted)
            : withPanic(reason);
    synchronized (stateLock) {
      started();
      end(seen);
    }
    endAgent();
  }

  private void endAgent() {
    setup.agent().ifPresent(agent -> agent.end("the guest has ended: " + exit));
  }

  private VmExit withPanic(VmExit reason) {
    String message = panics.pending();
    boolean canBePanic =
        reason instanceof VmExit.Reset
            || reason instanceof VmExit.TripleFault
            || reason instanceof VmExit.Panic;
    return message != null && canBePanic ? new VmExit.Panic(message) : reason;
  }

  private void end(VmExit reason) {
    synchronized (stateLock) {
      if (exit != null) {
        return;
      }
      exit = reason;
      events.post(hub::finish);
      if (state != VmState.CREATED) {
        change(VmState.EXITED);
      }
      Instant time = Instant.now();
      events.post(
          () -> {
            deliver(new VmEvents.Exited(setup.name(), time, reason));
            exited.complete(reason);
          });
    }
    held = null;
    inputReady.run();
  }

  private void change(VmState to) {
    VmState from = state;
    state = to;
    setup.running().running(to == VmState.RUNNING);
    Instant time = Instant.now();
    events.post(() -> deliver(new VmEvents.StateChanged(setup.name(), time, from, to)));
  }

  /** Tells of what a guest can bring about as often as it likes. */
  private void tell(Supplier<VmEvent> event) {
    VmEvent made = event.get();
    events.postDroppable(() -> deliver(made));
  }

  private void deliver(VmEvent event) {
    LOG.debug("VM {}: {}", setup.name(), event);
    for (VmListener listener : setup.listeners()) {
      try {
        listener.onEvent(event);
      } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
        LOG.warn("VM {}: listener {} failed at {}", setup.name(), listener, event, e);
      }
    }
  }

  /** Waits for the guest's end; null if the time is up before. */
  @Nullable VmExit await(Duration timeout) throws InterruptedException {
    VmExit known = exit();
    if (known != null && events.isCurrent()) {
      // The future completes on this very thread, later.
      return known;
    }
    long nanos;
    try {
      nanos = timeout.toNanos();
    } catch (ArithmeticException e) {
      nanos = timeout.isNegative() ? 0 : Long.MAX_VALUE;
    }
    try {
      return exited.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the exit future never fails", e);
    }
  }

  private void wakeLoop() {
    events.wake();
  }
}
