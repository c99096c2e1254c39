package dev.javisor.internal.machine;

import dev.javisor.error.BootStage;
import dev.javisor.event.VmExit;
import dev.javisor.internal.acpi.AcpiImage;
import dev.javisor.internal.boot.BootParameters;
import dev.javisor.internal.boot.KernelImage;
import dev.javisor.internal.boot.KernelLoad;
import dev.javisor.internal.boot.KernelLoader;
import dev.javisor.internal.boot.PayloadException;
import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.bus.QueueWorkers;
import dev.javisor.internal.bus.SystemControl;
import dev.javisor.internal.kvm.Kvm;
import dev.javisor.internal.kvm.KvmVcpu;
import dev.javisor.internal.kvm.KvmVm;
import dev.javisor.internal.kvm.VcpuState;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.smbios.SmbiosTables;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.KickSignal;
import dev.javisor.internal.sys.NativeException;
import dev.javisor.internal.x86.BootRegisters;
import dev.javisor.internal.x86.PlatformLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of a machine outlasts its resets: the files it boots from, RAM, devices, interrupt lines.
 *
 * <p>Threading: one thread at a time, under the machine's lock.
 */
final class Hardware implements AutoCloseable {
  /** Where the guest finds the ACPI tables. */
  static final long RSDP = PlatformLayout.RSDP;

  /** Whether there is PCI configuration space in memory, which the memory map tells. */
  static final boolean ECAM = true;

  /** What is known of a panic by the panic device alone. */
  private static final String UNTOLD_PANIC = "the guest told of it by pvpanic";

  private static final Logger log = LoggerFactory.getLogger(Hardware.class);

  private final MachineSpec spec;
  private final Ending ending;
  private final Kvm kvm;
  private final List<AutoCloseable> owned = new ArrayList<>();
  private final Fd kernelFile;
  private final Optional<Fd> initramfs;
  private final KernelImage kernel;
  private final GuestMemory memory;
  private final InterruptRouter interrupts;
  private final MessageInterrupts messages = new MessageInterrupts();
  private final Doorbells doorbells = new Doorbells();
  private final Consoles consoles;
  private final Devices devices;
  private final VcpuFactory vcpuFactory;
  private final MachineLayout layout;

  private Hardware(
      Path device,
      SupportedCpuid cpuid,
      MachineSpec spec,
      MachineListener listener,
      Ending ending) {
    this.spec = spec;
    this.ending = ending;
    try {
      kvm = stage(BootStage.HYPERVISOR, () -> own(HostProbe.open(device, cpuid)));
      stage(BootStage.HYPERVISOR, KickSignal::ignore);
      kernelFile = stage(BootStage.KERNEL, () -> own(Fd.open(spec.payload().image(), Fd.O_RDONLY)));
      kernel = stage(BootStage.KERNEL, () -> KernelImage.read(kernelFile));
      initramfs =
          stage(
              BootStage.INITRAMFS,
              () -> spec.payload().initramfs().map(path -> own(Fd.open(path, Fd.O_RDONLY))));
      long hole = PlatformLayout.PCI_MMIO_32.base();
      memory = stage(BootStage.MEMORY, () -> own(GuestRam.map(spec.ram(), hole)));
      vcpuFactory = stage(BootStage.VCPUS, () -> new VcpuFactory(cpuid.of(kvm), spec.cpus()));
      interrupts = stage(BootStage.DEVICES, () -> own(new InterruptRouter()));
      MachineTimer timer = own(new MachineTimer(spec.threads()));
      layout = stage(BootStage.MEMORY, () -> MachineLayout.of(vcpuFactory, memory));
      consoles = stage(BootStage.DEVICES, () -> own(new Consoles(spec, listener)));
      devices =
          stage(
              BootStage.DEVICES,
              () ->
                  own(
                      new Devices(
                          spec.name(),
                          new Errands(spec.threads(), memory, ending),
                          interrupts,
                          control(ending),
                          consoles,
                          listener,
                          timer,
                          layout,
                          spec.board())));
      QueueWorkers workers =
          spec.queueLoop()
              .<QueueWorkers>map(loop -> loop.workers(doorbells))
              .orElseGet(() -> new QueueThreads(spec.threads(), doorbells, spec.cpus().count()));
      DeviceHost host =
          new DeviceHost(memory, messages, workers, timer, control(ending), spec.threads());
      stage(BootStage.DEVICES, () -> consoles.addVirtio(devices, host));
      for (PciDeviceFactory factory : spec.pciDevices()) {
        stage(BootStage.DEVICES, () -> devices.add(factory.create(host)));
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /**
   * Takes everything from the host but KVM's part.
   *
   * @throws MachineBootException if the host does not give it
   */
  static Hardware create(
      Path device,
      SupportedCpuid cpuid,
      MachineSpec spec,
      MachineListener listener,
      Ending ending) {
    return new Hardware(device, cpuid, spec, listener, ending);
  }

  /**
   * Makes KVM's part, and loads the guest. No vCPU runs yet.
   *
   * @throws MachineBootException if that fails
   */
  Incarnation incarnate() {
    KernelLoad load = stage(BootStage.KERNEL, this::beginLoad);
    LoadHelpers helpers = new LoadHelpers(load, spec.threads());
    List<KvmVcpu> vcpus = new ArrayList<>();
    KvmVm vm = null;
    try {
      stage(BootStage.KERNEL, helpers::start);
      KvmVm made = stage(BootStage.HYPERVISOR, kvm::createVm);
      vm = made;
      stage(BootStage.HYPERVISOR, () -> prepare(made));
      stage(BootStage.DEVICES, () -> connect(made));
      stage(BootStage.VCPUS, () -> vcpuFactory.makeAll(made, vcpus));
      writeTables();
      BootRegisters registers = stage(BootStage.KERNEL, load::finish);
      stage(BootStage.VCPUS, () -> VcpuFactory.boot(vcpus.get(0), registers));
      List<VcpuRunner> runners = runners(vcpus, VcpuRunner.Command.RUN);
      return new Incarnation(made, vcpus, runners, spec.threads());
    } catch (RuntimeException | Error e) {
      load.cancel();
      abandon(vm, vcpus);
      throw e;
    } finally {
      helpers.join();
    }
  }

  /**
   * What the machine is like, but for what is in RAM; it is parked, and its devices are quiesced.
   *
   * @param resetWished see {@link MachineState}
   */
  MachineState save(Incarnation current, boolean resetWished) {
    // The vCPUs come last, so that no interrupt gets lost: not one on its way, nor one of what
    // somebody on the host does just now.
    List<MachineState.Part> parts = devices.save();
    interrupts.settle();
    return new MachineState(
        MachineState.VERSION,
        memory.size(),
        vcpuFactory.physicalBits(),
        current.clock(),
        resetWished,
        current.saveVcpus(kvm.msrIndices()),
        parts);
  }

  /**
   * Makes KVM's part, and takes a state over. No vCPU runs yet, and the devices are quiesced.
   *
   * @param ram fills RAM
   * @throws IllegalArgumentException if the state is not of a machine like this
   * @throws MachineBootException if the host does not take it
   */
  Incarnation revive(MachineState state, Consumer<GuestMemory> ram) {
    state.requireFit(memory.size(), vcpuFactory.physicalBits(), vcpuFactory.apicIds().size());
    List<KvmVcpu> vcpus = new ArrayList<>();
    KvmVm vm = null;
    try {
      KvmVm made = stage(BootStage.HYPERVISOR, kvm::createVm);
      vm = made;
      stage(BootStage.HYPERVISOR, () -> prepare(made));
      stage(BootStage.VCPUS, () -> vcpuFactory.createAll(made, vcpus));
      ram.accept(memory);
      stage(BootStage.VCPUS, () -> restore(vcpus, state.vcpus()));
      interrupts.attach(made);
      messages.attach(made);
      devices.quiesce();
      stage(BootStage.DEVICES, () -> devices.restore(state.devices(), state::holdsInterrupt));
      // Last, since on the way one BAR may have been where another was.
      doorbells.attach(made);
      List<VcpuRunner> runners = runners(vcpus, VcpuRunner.Command.PARK);
      return Incarnation.parked(made, vcpus, runners, spec.threads(), state.clockNanos());
    } catch (RuntimeException | Error e) {
      abandon(vm, vcpus);
      throw e;
    }
  }

  private static void restore(List<KvmVcpu> vcpus, List<VcpuState> states) {
    for (int i = 0; i < vcpus.size(); i++) {
      vcpus.get(i).restore(states.get(i));
      vcpus.get(i).notifyPaused();
    }
  }

  private void abandon(@Nullable KvmVm vm, List<KvmVcpu> vcpus) {
    disconnect();
    vcpus.forEach(KvmVcpu::close);
    if (vm != null) {
      vm.close();
    }
  }

  /** Takes interrupts and doorbells away from KVM's part, which is about to be closed. */
  void disconnect() {
    interrupts.detach();
    messages.detach();
    doorbells.detach();
  }

  /** Drains and closes the devices; no vCPU runs any more. Later calls do nothing. */
  void closeDevices() {
    // KVM takes its end of them back by itself, faster than one by one.
    doorbells.detach();
    devices.close();
    disconnect();
  }

  /** Returns devices and RAM to where they were before the first boot. */
  void reset() {
    devices.reset();
    memory.discard();
  }

  Consoles consoles() {
    return consoles;
  }

  Devices devices() {
    return devices;
  }

  GuestMemory memory() {
    return memory;
  }

  /** Gives everything back; no vCPU runs any more, and KVM's part is closed. */
  @Override
  public void close() {
    for (int i = owned.size() - 1; i >= 0; i--) {
      closeQuietly(owned.get(i));
    }
    owned.clear();
  }

  private void prepare(KvmVm vm) {
    vm.reserveRealModePages(PlatformLayout.KVM_TSS.base(), PlatformLayout.KVM_IDENTITY_MAP.base());
    if (vcpuFactory.needsX2Apic()) {
      vm.enableX2ApicIds();
    }
    vm.enableSplitIrqchip(PlatformLayout.IOAPIC_PINS);
    int slot = 0;
    for (AddressRange range : memory.ranges()) {
      long hva = memory.hva(range.base(), range.size());
      vm.setMemory(slot++, range.base(), range.size(), hva, false);
    }
  }

  private void connect(KvmVm vm) {
    interrupts.attach(vm);
    messages.attach(vm);
    doorbells.attach(vm);
  }

  private KernelLoad beginLoad() {
    BootParameters parameters = new BootParameters(spec.payload().cmdline(), initramfs, RSDP, ECAM);
    return KernelLoader.begin(kernel, parameters, memory);
  }

  private void writeTables() {
    AcpiImage acpi =
        MachineTables.build(
            layout, vcpuFactory.apicIds(), consoles.modes().hasSerial(), spec.board().watchdog());
    memory.write(acpi.rsdpGpa(), acpi.bytes());
    long smbios = PlatformLayout.SMBIOS;
    int room = (int) (PlatformLayout.HIGH_RAM - smbios);
    memory.write(smbios, SmbiosTables.build(spec.board().smbios(), smbios, room));
  }

  private List<VcpuRunner> runners(List<KvmVcpu> vcpus, VcpuRunner.Command first) {
    ExitDispatcher dispatcher =
        new ExitDispatcher(
            devices.pioBus(), devices.mmioBus(), control(ending), devices::endOfInterrupt);
    List<VcpuRunner> runners = new ArrayList<>();
    for (int i = 0; i < vcpus.size(); i++) {
      runners.add(new VcpuRunner(i, vcpus.get(i), dispatcher, first, ending::guestEnd));
    }
    return runners;
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.add(resource);
    return resource;
  }

  private static SystemControl control(Ending ending) {
    return new SystemControl() {
      @Override
      public void powerOff() {
        ending.guestEnd(new VmExit.PowerOff());
      }

      @Override
      public void reset() {
        ending.guestReset();
      }

      @Override
      public void watchdog() {
        log.warn("the guest did not set its watchdog back in time: resetting it");
        ending.guestReset();
      }

      @Override
      public void panic() {
        ending.guestEnd(new VmExit.Panic(UNTOLD_PANIC));
      }
    };
  }

  private static void stage(BootStage stage, Runnable step) {
    stage(
        stage,
        () -> {
          step.run();
          return stage;
        });
  }

  private static <T> T stage(BootStage stage, Supplier<T> step) {
    try {
      return step.get();
    } catch (NativeException e) {
      throw failed(stage, e, Errno.name(e.errno()));
    } catch (PayloadException | IllegalStateException e) {
      throw failed(stage, e, null);
    }
  }

  private static MachineBootException failed(
      BootStage stage, RuntimeException e, @Nullable String errno) {
    return new MachineBootException(stage, String.valueOf(e.getMessage()), errno, e);
  }

  private static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      // The rest must be given back all the same.
      log.warn("cannot close {}", resource, e);
    }
  }
}
