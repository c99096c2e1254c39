package dev.javisor.internal.machine;

import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VcpuState;
import dev.javisor.event.VmExit;
import dev.javisor.internal.kvm.KvmExit;
import dev.javisor.internal.kvm.KvmVcpu;
import dev.javisor.internal.kvm.Register;
import dev.javisor.internal.kvm.SegmentName;
import dev.javisor.internal.kvm.SpecialRegisters;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.KickSignal;
import dev.javisor.internal.sys.NativeException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs one vCPU on a thread of its own: enters the guest, hands exits to the buses, and comes out
 * when told.
 *
 * <p>Telling works by a kick: the new command is stored, KVM is asked to leave at once, and the
 * thread gets a signal that it takes only inside KVM_RUN. The command is read again after each
 * exit, so none is missed, whenever it comes.
 *
 * <p>Threading: {@link #command} and {@link #inspect} from any thread; the run loop is the thread's
 * own.
 */
final class VcpuRunner implements Runnable {
  /** What the thread is told to do. */
  enum Command {
    RUN,
    PARK,
    STOP
  }

  private static final int RFLAGS_IF = 1 << 9;

  // SDM vol. 3, "Processor State After Reset".
  private static final long RESET_RIP = 0xfff0;
  private static final long RESET_CS_BASE = 0xffff_0000L;

  /** KVM re-enters the guest after 1024 iterations of a string instruction; this is beyond it. */
  private static final int MOST_ACCESSES_IN_ONE_GO = 4096;

  private final int id;
  private final KvmVcpu vcpu;
  private final KvmExit exit;
  private final ExitDispatcher dispatcher;
  private final Consumer<VmExit> onEnd;
  private final ExitCounters counters = new ExitCounters();

  // Made once: an exit allocates nothing.
  private final Supplier<String> position = this::describePosition;

  private volatile Command command;
  private volatile boolean inspectionWanted;

  private final Object monitor = new Object();
  // Guarded by monitor. The kernel gives a thread's id away once it has ended, so nobody kicks
  // then.
  private int tid;
  private boolean started;
  private boolean parked;
  private boolean ended;
  private @Nullable VcpuReport inspection;

  /**
   * @param first whether it runs or waits at first
   * @param onEnd hears why the vCPU cannot go on, on its thread; not called when told to stop
   */
  VcpuRunner(
      int id, KvmVcpu vcpu, ExitDispatcher dispatcher, Command first, Consumer<VmExit> onEnd) {
    this.id = id;
    this.vcpu = vcpu;
    this.exit = vcpu.exit();
    this.dispatcher = dispatcher;
    this.command = first;
    this.onEnd = onEnd;
  }

  /** The vCPU's number. */
  int id() {
    return id;
  }

  @Override
  public void run() {
    try {
      vcpu.setSignalMask(KickSignal.block());
      synchronized (monitor) {
        tid = KickSignal.currentThread();
      }
      loop();
    } catch (RuntimeException | Error e) {
      // Whatever went wrong belongs to this machine; the JVM and its other machines go on.
      onEnd.accept(new VmExit.Failed(e));
    } finally {
      synchronized (monitor) {
        tid = 0;
        ended = true;
        monitor.notifyAll();
      }
    }
  }

  /** Says that its thread was started: it runs now, or will as soon as the host lets it. */
  void started() {
    synchronized (monitor) {
      started = true;
    }
  }

  /** Tells the thread what to do, and returns at once. STOP is final. */
  void command(Command next) {
    synchronized (monitor) {
      if (command == Command.STOP) {
        return;
      }
      command = next;
      // Nobody shall take it for paused while its thread has yet to wake up.
      parked = false;
      kick();
      monitor.notifyAll();
    }
  }

  /** Waits until the thread is parked or has ended. */
  boolean awaitRest(Duration limit) {
    return await(limit, true);
  }

  /** Waits until the thread has ended. */
  boolean awaitEnd(Duration limit) {
    return await(limit, false);
  }

  /** The counters by name, as they are. */
  Map<String, Long> exits() {
    return counters.byName();
  }

  /**
   * What the vCPU is doing. It is made to leave the guest for a moment.
   *
   * @param limit how long to wait for it
   */
  VcpuInfo inspect(Duration limit) {
    synchronized (monitor) {
      if (ended || !started) {
        return report(VcpuState.STOPPED, OptionalLong.empty());
      }
      if (parked) {
        return look(VcpuState.PAUSED);
      }
      inspection = null;
      inspectionWanted = true;
      // A thread that has yet to begin leaves its first entry at once.
      kick();
      long deadline = System.nanoTime() + limit.toNanos();
      waitUntil(deadline, () -> inspection != null || ended || parked);
      VcpuReport seen = inspection;
      if (seen != null) {
        return seen;
      }
      if (ended) {
        return report(VcpuState.STOPPED, OptionalLong.empty());
      }
      return parked ? look(VcpuState.PAUSED) : report(VcpuState.UNKNOWN, OptionalLong.empty());
    }
  }

  private void loop() {
    while (true) {
      Command now = command;
      if (now == Command.STOP) {
        return;
      }
      if (now == Command.PARK) {
        finishLastExit();
        park();
        continue;
      }
      int reason = vcpu.run();
      if (reason < 0) {
        interrupted(-reason);
        continue;
      }
      counters.count(reason);
      VmExit end = dispatcher.dispatch(reason, exit, position);
      if (end != null) {
        onEnd.accept(end);
        awaitStop();
        return;
      }
    }
  }

  private void interrupted(int errno) {
    if (errno != Errno.EINTR && errno != Errno.EAGAIN) {
      throw new NativeException("ioctl(KVM_RUN)", errno, "vCPU " + id);
    }
    counters.countInterruption();
    takeKick();
  }

  /**
   * Forgets a kick, and answers what it may have been for. Whatever is wanted is stored before its
   * kick: what is stored after this looks for it brings a kick of its own.
   */
  private void takeKick() {
    vcpu.requestImmediateExit(false);
    KickSignal.drain();
    if (inspectionWanted) {
      VcpuReport seen = look(VcpuState.RUNNING);
      synchronized (monitor) {
        inspectionWanted = false;
        inspection = seen;
        monitor.notifyAll();
      }
    }
  }

  /**
   * KVM completes the access that caused the last exit on the next entry: enter, and leave at once.
   * An instruction can bring about several accesses, a string instruction as many as KVM emulates
   * in one go.
   */
  private void finishLastExit() {
    for (int i = 0; i < MOST_ACCESSES_IN_ONE_GO; i++) {
      vcpu.requestImmediateExit(true);
      int reason = vcpu.run();
      if (reason < 0) {
        return;
      }
      counters.count(reason);
      VmExit end = dispatcher.dispatch(reason, exit, position);
      if (end != null) {
        onEnd.accept(end);
        return;
      }
    }
  }

  private void park() {
    synchronized (monitor) {
      boolean interrupted = false;
      while (command == Command.PARK) {
        rest();
        try {
          monitor.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      parked = false;
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    takeKick();
    if (command == Command.RUN) {
      vcpu.notifyPaused();
    }
  }

  private void awaitStop() {
    synchronized (monitor) {
      while (command != Command.STOP) {
        rest();
        try {
          monitor.wait();
        } catch (InterruptedException e) {
          // Nobody but this machine owns the thread, and it stops it by command.
        }
      }
    }
  }

  /** Says so to whoever waits for it. The monitor is held. */
  private void rest() {
    parked = true;
    monitor.notifyAll();
  }

  private boolean await(Duration limit, boolean restIsEnough) {
    long deadline = System.nanoTime() + limit.toNanos();
    synchronized (monitor) {
      return waitUntil(deadline, () -> ended || (restIsEnough && parked));
    }
  }

  private boolean waitUntil(long deadline, BooleanSupplier condition) {
    boolean interrupted = false;
    long left = deadline - System.nanoTime();
    while (!condition.getAsBoolean() && left > 0) {
      try {
        monitor.wait(left / 1_000_000 + 1);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      left = deadline - System.nanoTime();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return condition.getAsBoolean();
  }

  private void kick() {
    vcpu.requestImmediateExit(true);
    if (tid != 0) {
      KickSignal.send(tid);
    }
  }

  private VcpuReport look(VcpuState whenRunnable) {
    long rip = vcpu.register(Register.RIP);
    VcpuState state = whenRunnable;
    if (vcpu.isHalted()) {
      boolean masked = (vcpu.register(Register.RFLAGS) & RFLAGS_IF) == 0;
      state = masked ? VcpuState.HALTED : VcpuState.IDLE;
    } else if (vcpu.isWaitingForStart()) {
      state = VcpuState.WAITING;
    }
    return report(whenRunnable == VcpuState.PAUSED ? whenRunnable : state, OptionalLong.of(rip));
  }

  private VcpuReport report(VcpuState state, OptionalLong rip) {
    return new VcpuReport(id, state, rip, counters.byName());
  }

  private String describePosition() {
    SpecialRegisters special = vcpu.specialRegisters();
    long rip = vcpu.register(Register.RIP);
    if (rip == RESET_RIP && special.segmentBase(SegmentName.CS) == RESET_CS_BASE) {
      return "vCPU %d at its reset vector; on AMD, KVM resets a vCPU that shuts down: %s"
          .formatted(id, "where it was is not known then");
    }
    return "vCPU %d at rip 0x%x, cr0 0x%x, cr3 0x%x, CPL %d"
        .formatted(id, rip, special.cr0(), special.cr3(), special.privilegeLevel());
  }
}
