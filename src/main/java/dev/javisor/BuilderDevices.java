package dev.javisor;

import static java.util.Objects.requireNonNull;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.NetBackend;
import dev.javisor.config.AgentConfig;
import dev.javisor.config.DiskConfig;
import dev.javisor.config.NetConfig;
import dev.javisor.config.PlatformConfig;
import dev.javisor.config.VsockConfig;
import dev.javisor.guest.CloudInitSeed;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.console.ConsolePorts;
import dev.javisor.internal.guest.SeedContent;
import dev.javisor.internal.machine.BoardSpec;
import dev.javisor.internal.machine.DeviceIds;
import dev.javisor.internal.machine.MachineNic;
import dev.javisor.internal.machine.MachineVsock;
import dev.javisor.internal.machine.PciDeviceFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The part of the builder that is about devices but consoles, and about the agent. */
abstract class BuilderDevices extends BuilderConsoles {
  private final BoardSettings boardSettings = new BoardSettings();
  private final DiskList disks = new DiskList();
  private final NetList nets = new NetList();
  private @Nullable VsockSettings vsock;
  private @Nullable GuestAgentSettings agent;
  private @Nullable DefaultQueueLoop queueLoop;

  /**
   * What was made out.
   *
   * @param board what is on the board
   * @param pci what is on the PCI bus
   * @param nics the network devices among them
   * @param sockets the vsock device among them
   */
  record Devices(
      BoardSpec board,
      List<PciDeviceFactory> pci,
      List<MachineNic> nics,
      Optional<MachineVsock> sockets) {}

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
    GuestAgentSettings settings = new GuestAgentSettings();
    requireNonNull(agent, "agent").accept(settings);
    this.agent = settings;
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
  public VirtualMachine.Builder queueLoop(QueueLoop loop) {
    if (!(requireNonNull(loop, "loop") instanceof DefaultQueueLoop)) {
      throw new IllegalArgumentException(
          "a queue loop that QueueLoop.create did not make: " + loop);
    }
    queueLoop = (DefaultQueueLoop) loop;
    return this;
  }

  final @Nullable GuestAgentSettings guestAgent() {
    return agent;
  }

  final Optional<dev.javisor.internal.machine.QueueLoop> queueLoop() {
    return Optional.ofNullable(queueLoop).map(DefaultQueueLoop::loop);
  }

  /**
   * Makes out the devices.
   *
   * @param ports the consoles
   * @param firmware whether a firmware is started
   */
  final Devices devices(ConsolePorts ports, boolean firmware, List<Problem> problems) {
    BoardSpec board = boardSettings.resolve(problems);
    DeviceIds ids = new DeviceIds();
    if (ports.hasVirtio()) {
      ids.claim("console", DeviceIds.CONSOLE, problems);
    }
    boardSettings.claim(ids, problems);
    List<PciDeviceFactory> devices =
        new ArrayList<>(allDisks(firmware, problems).resolve(ids, queueLoop != null, problems));
    devices.addAll(boardSettings.devices(problems));
    List<MachineNic> nics = nets.resolve(ids, problems);
    devices.addAll(nics);
    Optional<MachineVsock> sockets =
        vsockOrDefault().map(settings -> settings.resolve(ids, problems));
    sockets.ifPresent(devices::add);
    return new Devices(board, devices, nics, sockets);
  }

  private Optional<VsockSettings> vsockOrDefault() {
    return Optional.ofNullable(vsock == null && agent != null ? new VsockSettings() : vsock);
  }

  /** The modules for this machine's devices. */
  final List<String> drivers(ConsolePorts ports) {
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
  private DiskList allDisks(boolean firmware, List<Problem> problems) {
    if (agent == null || agent.isInImage() || !firmware) {
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
}
