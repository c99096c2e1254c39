package dev.javisor;

import static java.util.Objects.requireNonNull;

import dev.javisor.config.CpuConfig;
import dev.javisor.config.MemoryConfig;
import dev.javisor.config.MemoryFit;
import dev.javisor.config.OnReset;
import dev.javisor.error.HypervisorUnavailableException;
import dev.javisor.error.InvalidConfigurationException;
import dev.javisor.event.VmListener;
import dev.javisor.guest.GuestKernel;
import dev.javisor.guest.Initramfs;
import dev.javisor.internal.config.HostMemory;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.console.ConsolePorts;
import dev.javisor.internal.machine.CpuSpec;
import dev.javisor.internal.machine.HostFacts;
import dev.javisor.internal.machine.HostProblem;
import dev.javisor.internal.machine.MachineSpec;
import dev.javisor.internal.machine.Platform;
import dev.javisor.internal.memory.RamSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects what the user says, and finds all that is wrong with it at once. */
final class DefaultBuilder extends BuilderDevices {
  private static final int ASSUMED_MOST_VCPUS = 4096;
  private static final int ASSUMED_ADDRESS_BITS = 46;

  private final Platform platform;
  private final HostMemory hostMemory;
  private final CpuSettings cpus = new CpuSettings();
  private final MemorySettings memory = new MemorySettings();
  private final PayloadSettings payload = new PayloadSettings();
  private final List<VmListener> listeners = new ArrayList<>();
  private @Nullable String name;
  private MemoryFit memoryFit = MemoryFit.WARN;
  private double timeoutMultiplier = 1;
  private OnReset onReset = OnReset.REBOOT;
  private ThreadFactory threadFactory = Thread::new;

  DefaultBuilder(Platform platform, HostMemory hostMemory) {
    this.platform = platform;
    this.hostMemory = hostMemory;
  }

  @Override
  public VirtualMachine.Builder name(String name) {
    this.name = requireNonNull(name, "name");
    return this;
  }

  @Override
  public VirtualMachine.Builder kernel(Path kernel) {
    payload.kernel(requireNonNull(kernel, "kernel"));
    return this;
  }

  @Override
  public VirtualMachine.Builder kernel(GuestKernel kernel) {
    payload.kernel(kernel);
    return this;
  }

  @Override
  public VirtualMachine.Builder firmware(Path firmware) {
    payload.firmware(requireNonNull(firmware, "firmware"));
    return this;
  }

  @Override
  public VirtualMachine.Builder initramfs(Path initramfs) {
    payload.initramfs(InitramfsSource.of(requireNonNull(initramfs, "initramfs")));
    return this;
  }

  @Override
  public VirtualMachine.Builder initramfs(Initramfs initramfs) {
    payload.initramfs(InitramfsSource.of(requireNonNull(initramfs, "initramfs")));
    return this;
  }

  @Override
  public VirtualMachine.Builder cmdline(String cmdline) {
    payload.cmdline(requireNonNull(cmdline, "cmdline"));
    return this;
  }

  @Override
  public VirtualMachine.Builder cpus(int count) {
    cpus.count(count);
    return this;
  }

  @Override
  public VirtualMachine.Builder cpus(Consumer<? super CpuConfig> settings) {
    settings.accept(cpus);
    return this;
  }

  @Override
  public VirtualMachine.Builder memory(String size) {
    memory.size(size);
    return this;
  }

  @Override
  public VirtualMachine.Builder memory(long bytes) {
    memory.size(bytes);
    return this;
  }

  @Override
  public VirtualMachine.Builder memory(Consumer<? super MemoryConfig> settings) {
    settings.accept(memory);
    return this;
  }

  @Override
  public VirtualMachine.Builder timeoutMultiplier(double multiplier) {
    timeoutMultiplier = multiplier;
    return this;
  }

  @Override
  public VirtualMachine.Builder memoryFit(MemoryFit memoryFit) {
    this.memoryFit = requireNonNull(memoryFit, "memoryFit");
    return this;
  }

  @Override
  public VirtualMachine.Builder onReset(OnReset onReset) {
    this.onReset = requireNonNull(onReset, "onReset");
    return this;
  }

  @Override
  public VirtualMachine.Builder listener(VmListener listener) {
    listeners.add(requireNonNull(listener, "listener"));
    return this;
  }

  @Override
  public VirtualMachine.Builder threadFactory(ThreadFactory factory) {
    threadFactory = requireNonNull(factory, "factory");
    return this;
  }

  @Override
  public VirtualMachine build() {
    List<Problem> problems = new ArrayList<>();
    HostFacts facts = platform.facts();
    VmSetup setup = setup(facts, problems);
    try {
      MachineSpec spec = setup.spec().apply(DefaultBuilder::noThread);
      if (problems.stream().noneMatch(p -> p.field().equals(spec.payload().kind().field()))) {
        problems.addAll(platform.check(spec));
      }
      refuse(problems, facts.problem());
      return new DefaultVirtualMachine(setup, spec);
    } catch (RuntimeException e) {
      setup.letGo().run();
      throw e;
    }
  }

  /** Makes out everything, with something harmless in the place of what is wrong. */
  private VmSetup setup(HostFacts facts, List<Problem> problems) {
    boolean available = facts.problem() == null;
    String vmName = name != null ? name : randomName();
    Checks.name(vmName, problems);
    double multiplier = Checks.timeoutMultiplier(timeoutMultiplier, problems);
    ConsolePorts ports = consolePorts(problems);
    PayloadSettings.Resolved boot =
        payload.resolve(defaultCmdline(), guestAgent(), drivers(ports), problems);
    CpuSpec cpuSpec = cpus.resolve(available ? facts.maxVcpus() : ASSUMED_MOST_VCPUS, problems);
    RamSpec ram =
        memory.resolve(
            available ? facts.physicalAddressBits() : ASSUMED_ADDRESS_BITS,
            hostMemory,
            memoryFit,
            problems);
    Devices devices = devices(ports, payload.hasFirmware(), problems);
    RunningTime running = new RunningTime(System::nanoTime);
    return new VmSetup(
        vmName,
        platform,
        threads ->
            new MachineSpec(
                vmName,
                boot.payload(),
                cpuSpec,
                ram,
                ports,
                devices.board(),
                devices.pci(),
                threads,
                queueLoop()),
        devices.nics().stream().<NetDevice>map(DefaultNetDevice::new).toList(),
        devices.sockets().map(DefaultVsock::new),
        guestAgent() == null
            ? Optional.empty()
            : devices.sockets().map(sockets -> new VmAgent(sockets, multiplier, running)),
        running,
        multiplier,
        boot.letGo(),
        threadFactory,
        onReset,
        consoleBytes(problems),
        consumers(),
        List.copyOf(listeners));
  }

  private static void refuse(List<Problem> problems, @Nullable HostProblem obstacle) {
    if (problems.isEmpty() && obstacle != null) {
      throw new HypervisorUnavailableException(obstacle.reason(), obstacle.fix(), null);
    }
    if (!problems.isEmpty()) {
      List<Problem> all = new ArrayList<>(problems);
      if (obstacle != null) {
        all.add(
            new Problem("hypervisor", "unavailable", obstacle.reason() + "; " + obstacle.fix()));
      }
      throw new InvalidConfigurationException(all);
    }
  }

  private static Thread noThread(String role, Runnable body) {
    throw new IllegalStateException("a check needs no thread");
  }

  private static String randomName() {
    return "vm-%06x".formatted(ThreadLocalRandom.current().nextInt(1 << 24));
  }
}
