package dev.javisor;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.javisor.error.HypervisorUnavailableException;
import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VcpuState;
import dev.javisor.event.VmExit;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.machine.HostFacts;
import dev.javisor.internal.machine.HostProblem;
import dev.javisor.internal.machine.Machine;
import dev.javisor.internal.machine.MachineListener;
import dev.javisor.internal.machine.MachineSpec;
import dev.javisor.internal.machine.MachineState;
import dev.javisor.internal.machine.Platform;
import dev.javisor.internal.machine.VcpuReport;
import dev.javisor.internal.memory.GuestMemory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A host whose machines do what a test says. */
final class FakePlatform implements Platform {
  HostFacts facts = new HostFacts(null, 12, 288, 40);
  Optional<HostProblem> stockKernelProblem = Optional.empty();
  List<Problem> kernelProblems = new ArrayList<>();
  Consumer<MachineSpec> onCheck = spec -> {};
  RuntimeException bootFailure;
  Runnable duringBoot = () -> {};
  Runnable duringPause = () -> {};
  Consumer<FakeMachine> afterBoot = machine -> {};
  int stockKernelRuns;
  FakeMachine machine;

  @Override
  public HostFacts facts() {
    return facts;
  }

  @Override
  public Optional<HostProblem> stockKernel() {
    stockKernelRuns++;
    return stockKernelProblem;
  }

  @Override
  public List<Problem> check(MachineSpec spec) {
    onCheck.accept(spec);
    return kernelProblems;
  }

  @Override
  public Machine create(MachineSpec spec, MachineListener listener) {
    machine = new FakeMachine(spec, listener, this);
    return machine;
  }

  /** A machine with one thread, which stands for all of a real one's. */
  static final class FakeMachine implements Machine {
    final MachineSpec spec;
    final List<String> calls = new CopyOnWriteArrayList<>();
    final ByteArrayOutputStream typed = new ByteArrayOutputStream();
    final AtomicInteger inputRoom = new AtomicInteger(16);
    volatile VcpuState vcpuState = VcpuState.RUNNING;
    volatile Thread vcpu;
    byte[] initramfsAtBoot;
    private final MachineListener listener;
    private final FakePlatform platform;
    private final Deque<Runnable> work = new ArrayDeque<>();
    private boolean ended;
    private boolean killed;

    FakeMachine(MachineSpec spec, MachineListener listener, FakePlatform platform) {
      this.spec = spec;
      this.listener = listener;
      this.platform = platform;
    }

    /** Runs something on the machine's thread, and waits for it. */
    void guest(Runnable deed) {
      CountDownLatch done = new CountDownLatch(1);
      later(
          () -> {
            deed.run();
            done.countDown();
          });
      try {
        done.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    void guestWrites(String text) {
      guest(
          () -> {
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
              listener.onConsoleOutput(b);
            }
          });
    }

    void guestExits(VmExit exit) {
      guest(() -> exit(exit));
    }

    /** The guest asks for a reset, and gets what the facade says. */
    void guestResets() {
      guest(
          () -> {
            VmExit exit = listener.onGuestReset();
            if (exit == null) {
              listener.onReboot();
            } else {
              exit(exit);
            }
          });
    }

    void guestUsesDevice(String id) {
      guest(() -> listener.onDeviceActivated(id));
    }

    void guestResetsDevice(String id) {
      guest(() -> listener.onDeviceReset(id));
    }

    void guestReads(int bytes) {
      guest(
          () -> {
            inputRoom.addAndGet(bytes);
            listener.onConsoleInputReady();
          });
    }

    @Override
    public void boot() {
      calls.add("boot");
      if (platform.facts.problem() != null) {
        HostProblem problem = platform.facts.problem();
        throw new HypervisorUnavailableException(problem.reason(), problem.fix(), null);
      }
      initramfsAtBoot = spec.payload().initramfs().map(FakeMachine::read).orElse(null);
      platform.duringBoot.run();
      if (platform.bootFailure != null) {
        throw platform.bootFailure;
      }
      vcpu = spec.threads().newThread("vcpu0", this::run);
      vcpu.start();
      platform.afterBoot.accept(this);
    }

    private static byte[] read(Path file) {
      try {
        return Files.readAllBytes(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void outputDuringBoot(String text) {
      for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
        listener.onConsoleOutput(b);
      }
    }

    @Override
    public void restore(MachineState state, Consumer<GuestMemory> ram) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MachineState save() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void pause() {
      calls.add("pause");
      platform.duringPause.run();
    }

    @Override
    public void resume() {
      calls.add("resume");
    }

    @Override
    public void reset() {
      calls.add("reset");
      guest(listener::onReboot);
    }

    @Override
    public void powerButton() {
      calls.add("powerButton");
    }

    @Override
    public void kill() {
      calls.add("kill");
      synchronized (work) {
        killed = true;
        work.notifyAll();
      }
    }

    @Override
    public int consoleInput(byte[] bytes, int offset, int length) {
      int taken = Math.min(inputRoom.get(), length);
      typed.write(bytes, offset, taken);
      inputRoom.addAndGet(-taken);
      return taken;
    }

    @Override
    public void resizeConsole(int columns, int rows) {
      calls.add("resize %d %d".formatted(columns, rows));
    }

    @Override
    public Optional<Path> serialPath() {
      return spec.consoles().serial().path();
    }

    @Override
    public Optional<Path> virtioConsolePath() {
      return spec.consoles().virtio().path();
    }

    @Override
    public List<VcpuInfo> vcpus() {
      return List.of(new VcpuReport(0, vcpuState, OptionalLong.of(0x1000), Map.of("IO", 7L)));
    }

    @Override
    public Map<String, Map<String, Long>> counters() {
      return Map.of("disk0", Map.of("read_ops", 3L));
    }

    @Override
    public void close() {
      calls.add("close");
      kill();
      Thread thread = vcpu;
      if (thread != null) {
        Uninterruptibles.joinUninterruptibly(thread, Duration.ofSeconds(5));
      }
    }

    private void later(Runnable deed) {
      synchronized (work) {
        work.add(deed);
        work.notifyAll();
      }
    }

    private void exit(VmExit exit) {
      ended = true;
      listener.onExit(exit);
    }

    private void run() {
      while (!ended) {
        Runnable deed = next();
        if (deed == null) {
          exit(new VmExit.Killed());
        } else {
          deed.run();
        }
      }
    }

    private @Nullable Runnable next() {
      synchronized (work) {
        while (work.isEmpty() && !killed) {
          try {
            work.wait();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        }
        return work.poll();
      }
    }
  }
}
