package dev.javisor;

import static java.time.temporal.ChronoUnit.MILLIS;

import dev.javisor.error.VmStateException;
import dev.javisor.error.WaitException;
import dev.javisor.error.WaitTimeoutException;
import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for something, on the caller's thread. What may block is tried by others. */
final class WaitRun {
  private static final int TAIL_LINES = 20;

  /** How soon a kernel that hangs in a panic is noticed, which nobody is told of. */
  private static final long PANIC_LOOK_NANOS = 100_000_000;

  private final VirtualMachine vm;
  private final Wait wait;
  private final WaitClock clock;
  private final Supplier<@Nullable String> endlessPanic;
  private final Executor threads;
  private final WaitNode root;
  private final long timeout;
  private final long begin;

  /** Ends the pause of the thread that waits. */
  private volatile CompletableFuture<Void> wakeUp = new CompletableFuture<>();

  /**
   * @param multiplier what timeouts are multiplied by
   * @param threads looks at what may block
   * @param endlessPanic tells the message of the kernel panic in which the guest hangs, or null
   */
  WaitRun(
      VirtualMachine vm,
      Wait wait,
      double multiplier,
      WaitClock clock,
      Executor threads,
      Supplier<@Nullable String> endlessPanic) {
    this.vm = vm;
    this.wait = wait;
    this.clock = clock;
    this.endlessPanic = endlessPanic;
    this.threads = threads;
    root = new WaitNode(wait, null, multiplier, this::attempt);
    timeout = WaitNode.nanos(wait.wholeTimeout(), multiplier);
    begin = clock.nanos();
  }

  /** All of these waits as one. */
  static Wait of(Wait... waits) {
    return waits.length == 1 ? waits[0] : Wait.all(waits);
  }

  void run() throws InterruptedException {
    CompletableFuture<VmExit> exit = vm.exit();
    if (vm.state() == VmState.CREATED) {
      throw new VmStateException(
          VmState.CREATED, "VM %s was not booted: boot() it before waitFor()".formatted(vm.name()));
    }
    CompletableFuture<?> unused = exit.whenComplete((how, error) -> wake());
    try {
      await(exit);
    } finally {
      root.giveUpAll(sinceBegin());
    }
  }

  private void await(CompletableFuture<VmExit> exit) throws InterruptedException {
    while (true) {
      // Made before the look at what it tells of, so that nothing is missed.
      CompletableFuture<Void> woken = new CompletableFuture<>();
      wakeUp = woken;
      // Asked first: what the guest wrote before its end is then seen by the tries below.
      boolean ended = exit.isDone();
      if (root.poll(vm, this::sinceBegin, timeout, ended)) {
        return;
      }
      failIfHopeless(ended ? exit.getNow(null) : null);
      long now = sinceBegin();
      if (now >= timeout || root.isOver(now)) {
        throw timeUp();
      }
      long pause = Math.min(root.nextEvent(now), timeout) - now;
      if (!exit.isDone()) {
        clock.pass(Duration.ofNanos(Math.max(1, Math.min(pause, PANIC_LOOK_NANOS))), woken);
      }
    }
  }

  private WaitAttempt attempt(WaitCondition condition, Duration limit) {
    WaitAttempt made = new WaitAttempt(condition, vm, limit, this::wake);
    threads.execute(made);
    return made;
  }

  private void wake() {
    wakeUp.complete(null);
  }

  private void failIfHopeless(@Nullable VmExit exit) {
    String panic = endlessPanic.get();
    if (exit == null && panic == null) {
      return;
    }
    String why =
        exit == null ? "its kernel hangs in a panic: " + panic : "its guest ended: " + exit;
    root.giveUpAll(sinceBegin());
    String head = "VM %s: waited %s for %s, but %s".formatted(vm.name(), waited(), wait, why);
    throw new WaitException(
        head, waited(), root.conditions(), exit, vcpus(), vm.console().tail(TAIL_LINES));
  }

  private WaitTimeoutException timeUp() {
    root.giveUpAll(sinceBegin());
    String head = "VM %s: waited %s in vain for %s".formatted(vm.name(), waited(), wait);
    return new WaitTimeoutException(
        head, waited(), root.conditions(), vcpus(), vm.console().tail(TAIL_LINES));
  }

  private List<VcpuInfo> vcpus() {
    try {
      return vm.vcpus();
    } catch (VmStateException e) {
      // Closed meanwhile: there are none.
      return List.of();
    }
  }

  private Duration waited() {
    return Duration.ofNanos(sinceBegin()).truncatedTo(MILLIS);
  }

  private long sinceBegin() {
    return clock.nanos() - begin;
  }
}
