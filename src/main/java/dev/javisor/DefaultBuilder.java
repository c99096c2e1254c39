package dev.javisor;

import static java.util.Objects.requireNonNull;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.NetBackend;
import dev.javisor.config.AgentConfig;
import dev.javisor.config.CpuConfig;
import dev.javisor.config.DiskConfig;
import dev.javisor.config.MemoryConfig;
import dev.javisor.config.MemoryFit;
import dev.javisor.config.NetConfig;
import dev.javisor.config.OnReset;
import dev.javisor.config.PlatformConfig;
import dev.javisor.config.VsockConfig;
import dev.javisor.error.HypervisorUnavailableException;
import dev.javisor.error.InvalidConfigurationException;
import dev.javisor.event.VmListener;
import dev.javisor.guest.CloudInitSeed;
import dev.javisor.guest.GuestKernel;
import dev.javisor.guest.Initramfs;
import dev.javisor.internal.config.HostMemory;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.console.ConsolePorts;
import dev.javisor.internal.guest.SeedContent;
import dev.javisor.internal.machine.BoardSpec;
import dev.javisor.internal.machine.CpuSpec;
import dev.javisor.internal.machine.DeviceIds;
import dev.javisor.internal.machine.HostFacts;
import dev.javisor.internal.machine.HostProblem;
import dev.javisor.internal.machine.MachineNic;
import dev.javisor.internal.machine.MachineSpec;
import dev.javisor.internal.machine.MachineVsock;
import dev.javisor.internal.machine.PciDeviceFactory;
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
final class DefaultBuilder extends BuilderConsoles {
  private static final int ASSUMED_MOST_VCPUS = 4096;
  private static final int ASSUMED_ADDRESS_BITS = 46;

  private final Platform platform;
  private final HostMemory hostMemory;
  private final CpuSettings cpus = new CpuSettings();
  private final MemorySettings memory = new MemorySettings();
  private final PayloadSettings payload = new PayloadSettings();
  private final BoardSettings boardSettings = new BoardSettings();
  private final DiskList disks = new DiskList();
  private final NetList nets = new NetList();
  private @Nullable VsockSettings vsock;
  private @Nullable AgentSettings agent;
  private final List<VmListener> listeners = new ArrayList<>();
  private @Nullable String name;
  private MemoryFit memoryFit = MemoryFit.WARN;
  private double timeoutMultiplier = 1;
  private OnReset onReset = OnReset.REBOOT;
  private ThreadFactory threadFactory = Thread::new;
  private @Nullable DefaultQueueLoop queueLoop;

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
  public VirtualMachine.Builder platform(Consumer<? super PlatformConfig> settings) {
    settings.accept(boardSettings.platform());
    return this;
  }

  @Override
  public VirtualMachine.Builder disk(Path path) {
    return disk(disk -> disk.path(path));
  }

  @Override
  public VirtualMachine.Builder disk(Consumer<? super DiskConfig> settings) {
    DiskSettings disk = new DiskSettings(null);
    settings.accept(disk);
    disks.add(disk);
    return this;
  }

  @Override
  public VirtualMachine.Builder disk(BlockBackend backend) {
    return disk(backend, disk -> {});
  }

  @Override
  public VirtualMachine.Builder disk(BlockBackend backend, Consumer<? super DiskConfig> settings) {
    DiskSettings disk = new DiskSettings(requireNonNull(backend, "backend"));
    settings.accept(disk);
    disks.add(disk);
    return this;
  }

  @Override
  public VirtualMachine.Builder net() {
    return net(net -> {});
  }

  @Override
  public VirtualMachine.Builder net(Consumer<? super NetConfig> settings) {
    NetSettings net = new NetSettings(null);
    settings.accept(net);
    nets.add(net);
    return this;
  }

  @Override
  public VirtualMachine.Builder net(NetBackend backend) {
    return net(backend, net -> {});
  }

  @Override
  public VirtualMachine.Builder net(NetBackend backend, Consumer<? super NetConfig> settings) {
    NetSettings net = new NetSettings(requireNonNull(backend, "backend"));
    settings.accept(net);
    nets.add(net);
    return this;
  }

  @Override
  public VirtualMachine.Builder vsock() {
    return vsock(vsock -> {});
  }

  @Override
  public VirtualMachine.Builder vsock(Consumer<? super VsockConfig> vsock) {
    VsockSettings settings = new VsockSettings();
    requireNonNull(vsock, "vsock").accept(settings);
    this.vsock = settings;
    return this;
  }

  @Override
  public VirtualMachine.Builder agent() {
    return agent(agent -> {});
  }

  @Override
  public VirtualMachine.Builder agent(Consumer<? super AgentConfig> agent) {
    AgentSettings settings = new AgentSettings();
    requireNonNull(agent, "agent").accept(settings);
    this.agent = settings;
    return this;
  }

  @Override
  public VirtualMachine.Builder timeoutMultiplier(double multiplier) {
    timeoutMultiplier = multiplier;
    return this;
  }

  @Override
  public VirtualMachine.Builder rng() {
    return rng(Path.of("/dev/urandom"));
  }

  @Override
  public VirtualMachine.Builder rng(Path source) {
    boardSettings.rng(requireNonNull(source, "source"));
    return this;
  }

  @Override
  public VirtualMachine.Builder pvpanic() {
    boardSettings.pvpanic();
    return this;
  }

  @Override
  public VirtualMachine.Builder watchdog() {
    boardSettings.watchdog();
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
  public VirtualMachine.Builder queueLoop(QueueLoop loop) {
    if (!(requireNonNull(loop, "loop") instanceof DefaultQueueLoop)) {
      throw new IllegalArgumentException(
          "a queue loop that QueueLoop.create did not make: " + loop);
    }
    queueLoop = (DefaultQueueLoop) loop;
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
      return new DefaultVirtualMachine(setup);
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
    Checks.timeoutMultiplier(timeoutMultiplier, problems);
    ConsolePorts ports = consolePorts(problems);
    PayloadSettings.Resolved boot =
        payload.resolve(defaultCmdline(), agent, drivers(ports), problems);
    CpuSpec cpuSpec = cpus.resolve(available ? facts.maxVcpus() : ASSUMED_MOST_VCPUS, problems);
    RamSpec ram =
        memory.resolve(
            available ? facts.physicalAddressBits() : ASSUMED_ADDRESS_BITS,
            hostMemory,
            memoryFit,
            problems);
    BoardSpec board = boardSettings.resolve(problems);
    Optional<dev.javisor.internal.machine.QueueLoop> loop =
        Optional.ofNullable(queueLoop).map(DefaultQueueLoop::loop);
    DeviceIds ids = new DeviceIds();
    List<PciDeviceFactory> devices = devices(ids, ports, problems);
    List<MachineNic> nics = nets.resolve(ids, problems);
    devices.addAll(nics);
    Optional<MachineVsock> sockets =
        vsockOrDefault().map(settings -> settings.resolve(ids, problems));
    sockets.ifPresent(devices::add);
    return new VmSetup(
        vmName,
        platform,
        threads ->
            new MachineSpec(
                vmName, boot.payload(), cpuSpec, ram, ports, board, devices, threads, loop),
        nics.stream().<NetDevice>map(DefaultNetDevice::new).toList(),
        sockets.map(DefaultVsock::new),
        boot.letGo(),
        threadFactory,
        onReset,
        consoleBytes(problems),
        consumers(),
        List.copyOf(listeners));
  }

  private List<PciDeviceFactory> devices(
      DeviceIds ids, ConsolePorts ports, List<Problem> problems) {
    if (ports.hasVirtio()) {
      ids.claim("console", DeviceIds.CONSOLE, problems);
    }
    boardSettings.claim(ids, problems);
    List<PciDeviceFactory> devices =
        new ArrayList<>(agentDisks(problems).resolve(ids, queueLoop != null, problems));
    devices.addAll(boardSettings.devices(problems));
    return devices;
  }

  private Optional<VsockSettings> vsockOrDefault() {
    return Optional.ofNullable(vsock == null && agent != null ? new VsockSettings() : vsock);
  }

  /** The modules for this machine's devices. */
  private List<String> drivers(ConsolePorts ports) {
    List<String> drivers = new ArrayList<>();
    if (!disks.isEmpty()) {
      drivers.add("virtio_blk");
    }
    if (!nets.isEmpty()) {
      drivers.add("virtio_net");
    }
    if (ports.hasVirtio()) {
      drivers.add("virtio_console");
    }
    drivers.addAll(boardSettings.drivers());
    return drivers;
  }

  /** The disks, and a seed for the agent where a firmware boots an image and there is none. */
  private DiskList agentDisks(List<Problem> problems) {
    if (agent == null || agent.isInImage() || !payload.hasFirmware()) {
      return disks;
    }
    Optional<SeedContent> seed = disks.seed();
    if (seed.isEmpty()) {
      return disks.with(new DiskSettings(CloudInitSeed.builder().agent().build().toDisk()));
    }
    if (!seed.get().carriesAgent()) {
      problems.add(
          new Problem(
              "agent",
              "set",
              "the cloud-init seed has none: make it by CloudInitSeed.builder().agent()"));
    }
    return disks;
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
