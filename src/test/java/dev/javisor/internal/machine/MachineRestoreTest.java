package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static dev.javisor.testing.microguest.Reg.RDI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.BlockBackend;
import dev.javisor.config.DiskEngine;
import dev.javisor.error.BootStage;
import dev.javisor.event.VcpuInfo;
import dev.javisor.internal.block.file.DiskSpec;
import dev.javisor.internal.bus.DeviceState;
import dev.javisor.internal.kvm.Msr;
import dev.javisor.internal.kvm.VcpuState;
import dev.javisor.internal.legacy.PmTimerState;
import dev.javisor.internal.smbios.SmbiosConfig;
import dev.javisor.internal.virtio.EntropyState;
import dev.javisor.internal.virtio.VirtioPciState;
import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.HostResources;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import dev.javisor.testing.microguest.RamCopy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which states a machine takes, and what it says to the others. */
@Timeout(60)
class MachineRestoreTest {
  private static final MicroGuest GUEST = MicroGuest.code(MachineRestoreTest::greet);
  private static final long DISK = 1 << 20;

  private static void greet(Assembler a) {
    a.print("hello");
    a.spin();
  }

  @Test
  void shouldRefuse_whenVersionOrShapeDiffers() {
    MachineState state = saved(GUEST);

    assertRefused("version: the state has 9, this machine 1", with(state, 9, state.devices()));
    assertRefused("bytes of RAM: the state has 4194304, this machine 8388608", larger(), state);
    assertRefused("vCPUs: the state has 1, this machine 2", two(), state);
    assertRefused(
        "bits of guest physical addresses",
        new MachineState(1, state.ramBytes(), 1, 0, false, state.vcpus(), state.devices()));
  }

  @Test
  void shouldRefuse_whenTheDevicesDiffer() {
    MachineState state = saved(GUEST);
    List<MachineState.Part> fewer = new ArrayList<>(state.devices());
    fewer.removeIf(part -> part.id().equals("rng0"));

    assertRefused("disk0], this one has [ioapic0", with(state, 1, fewer));
    assertRefused(
        "pm-timer0: a DebugPortState, expected a PmTimerState",
        changed(state, "pm-timer0", part(state, "debug-port0")));
    assertRefused(
        "disk0: a EntropyState, expected a BlkState",
        changed(
            state,
            "disk0",
            withType((VirtioPciState<?>) part(state, "disk0"), new EntropyState(1))));
  }

  @Test
  void shouldRefuse_whenADeviceDoes() {
    MachineState state = saved(GUEST);

    assertRefused("pm-timer0: ", changed(state, "pm-timer0", new PmTimerState(7, 0)));
    assertRefused(
        "rng0: version 3, known is 1",
        changed(
            state, "rng0", withType((VirtioPciState<?>) part(state, "rng0"), new EntropyState(3))));
    assertRefused(
        "disk0: the state is of a disk with 1048576 bytes, this one has 2097152",
        MicroMachine.create(GUEST, spec -> withDevices(spec, 2 * DISK)),
        state);
  }

  @Test
  void shouldNameWhatKvmRefuses() {
    MachineState state = saved(GUEST);
    VcpuState vcpu = state.vcpus().get(0);
    VcpuState unknownRegister =
        new VcpuState(
            vcpu.version(),
            vcpu.cpuid(),
            vcpu.mpState(),
            vcpu.regs(),
            vcpu.sregs(),
            vcpu.xsave(),
            vcpu.xcrs(),
            vcpu.debugRegs(),
            vcpu.lapic(),
            vcpu.events(),
            List.of(new Msr(0x1234_5678, 1)),
            vcpu.tscKhz());
    MachineState broken =
        new MachineState(
            1,
            state.ramBytes(),
            state.physicalBits(),
            0,
            false,
            List.of(unknownRegister),
            state.devices());

    try (MicroMachine vm = create(GUEST)) {
      MachineBootException e =
          assertThrows(
              MachineBootException.class, () -> vm.machine().restore(broken, memory -> {}));

      assertEquals(BootStage.VCPUS, e.stage());
      assertTrue(String.valueOf(e.getMessage()).contains("MSR 0x12345678"), e::getMessage);
    }
  }

  @Test
  void shouldGiveEverythingBack_whenItRefuses() {
    MachineState state = saved(GUEST);
    HostResources before = HostResources.now();

    assertRefused("pm-timer0: ", changed(state, "pm-timer0", new PmTimerState(7, 0)));

    HostResources.awaitReturnTo(before);
  }

  @Test
  void shouldRefuseToSave_whenItRunsOrHasEnded() {
    try (MicroMachine vm = create(GUEST)) {
      vm.machine().boot();
      assertThrows(IllegalStateException.class, vm.machine()::save);
      vm.machine().pause();
      vm.machine().kill();
      vm.awaitExit();

      assertThrows(IllegalStateException.class, vm.machine()::save);
    }
  }

  @Test
  void shouldStayPausedUntilResumed_whenFourVcpusAreRestored() {
    MicroGuest guest =
        MicroGuest.code(a -> a.forever(() -> a.inc(8, Mem.at(DATA))))
            .cpus(4)
            .setup(MicroGuest::startOthers)
            .secondary(
                a -> {
                  a.shl(RDI, 3);
                  a.forever(() -> a.inc(8, Mem.at(RDI, (int) DATA)));
                });
    try (MicroMachine before = guest.boot();
        MicroMachine after = MicroMachine.create(guest, spec -> spec)) {
      before.await(() -> counts(before).stream().allMatch(n -> n > 0), "all count");
      before.machine().pause();
      List<Long> counts = counts(before);

      after.machine().restore(before.machine().save(), RamCopy.of(before.memory())::to);

      for (VcpuInfo vcpu : after.machine().vcpus()) {
        assertEquals(dev.javisor.event.VcpuState.PAUSED, vcpu.state());
      }
      assertEquals(counts, counts(after));
      after.machine().resume();
      for (int i = 0; i < counts.size(); i++) {
        int cpu = i;
        after.await(() -> counts(after).get(cpu) > counts.get(cpu), "vCPU " + cpu);
      }
      assertEquals(counts, counts(before), "the one before stands still");
    }
  }

  @Test
  void shouldReboot_whenTheGuestHadAskedForItBefore() {
    MachineState state = saved(GUEST);
    MachineState wished =
        new MachineState(
            1,
            state.ramBytes(),
            state.physicalBits(),
            state.clockNanos(),
            true,
            state.vcpus(),
            state.devices());
    try (MicroMachine vm = create(GUEST)) {
      vm.machine().restore(wished, memory -> {});
      assertEquals(0, vm.reboots());

      vm.machine().resume();

      vm.awaitConsole("hello");
      assertEquals(1, vm.reboots());
    }
  }

  @Test
  void shouldHaveNamesOfItsOwn_forAllDevicesOfItsBoard() {
    MachineState state =
        saved(MicroMachine.create(GUEST, spec -> withWatchdog(withDevices(spec, DISK))));
    List<String> names = state.devices().stream().map(MachineState.Part::id).toList();

    assertEquals(Set.copyOf(DeviceIds.BOARD), Set.copyOf(names.subList(0, names.size() - 2)));
    assertEquals(List.of("rng0", "disk0"), names.subList(names.size() - 2, names.size()));
  }

  @Test
  void shouldNotBoot_whenTwoDevicesHaveOneName() {
    PciDeviceFactory rng = EntropyDevices.from(Path.of("/dev/urandom"));
    HostResources before = HostResources.now();
    try (MicroMachine vm =
        MicroMachine.create(GUEST, spec -> withDevices(spec, List.of(rng, rng)))) {
      MachineBootException e = assertThrows(MachineBootException.class, () -> vm.machine().boot());

      assertEquals("two devices are called rng0", e.getMessage());
    }
    HostResources.awaitReturnTo(before);
  }

  private static List<Long> counts(MicroMachine vm) {
    List<Long> counts = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      counts.add(vm.memory().readLong(DATA + 8L * i));
    }
    return counts;
  }

  private static MachineState saved(MicroGuest guest) {
    return saved(create(guest));
  }

  private static MachineState saved(MicroMachine made) {
    try (MicroMachine vm = made) {
      vm.machine().boot();
      vm.awaitConsole("hello");
      vm.machine().pause();
      return vm.machine().save();
    }
  }

  private static MicroMachine larger() {
    return create(MicroGuest.code(MachineRestoreTest::greet).memory(8 << 20));
  }

  private static MicroMachine two() {
    return create(MicroGuest.code(MachineRestoreTest::greet).cpus(2));
  }

  private static MicroMachine create(MicroGuest guest) {
    return MicroMachine.create(guest, spec -> withDevices(spec, DISK));
  }

  private static MachineSpec withDevices(MachineSpec spec, long diskBytes) {
    DiskSpec disk =
        new DiskSpec(
            "disk0",
            "disk0",
            null,
            BlockBackend.inMemory(diskBytes),
            false,
            false,
            1,
            16,
            "",
            DiskEngine.AUTO);
    return withDevices(
        spec, List.of(EntropyDevices.from(Path.of("/dev/urandom")), DiskDevices.from(disk)));
  }

  private static MachineSpec withWatchdog(MachineSpec spec) {
    return MachineSpecs.withBoard(spec, new BoardSpec(SmbiosConfig.DEFAULT, true));
  }

  private static MachineSpec withDevices(MachineSpec spec, List<PciDeviceFactory> devices) {
    return MachineSpecs.withDevices(spec, devices.toArray(PciDeviceFactory[]::new));
  }

  private static void assertRefused(String expected, MachineState state) {
    assertRefused(expected, create(GUEST), state);
  }

  private static void assertRefused(String expected, MicroMachine machine, MachineState state) {
    try (MicroMachine vm = machine) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> vm.machine().restore(state, memory -> {}));
      assertTrue(String.valueOf(e.getMessage()).contains(expected), e::getMessage);
    }
  }

  private static MachineState with(
      MachineState state, int version, List<MachineState.Part> devices) {
    return new MachineState(
        version, state.ramBytes(), state.physicalBits(), 0, false, state.vcpus(), devices);
  }

  private static DeviceState part(MachineState state, String id) {
    return state.devices().stream().filter(p -> p.id().equals(id)).findFirst().get().state();
  }

  private static MachineState changed(MachineState state, String id, DeviceState to) {
    UnaryOperator<MachineState.Part> change =
        part -> part.id().equals(id) ? new MachineState.Part(id, to) : part;
    return with(state, 1, state.devices().stream().map(change).toList());
  }

  private static <S extends DeviceState> VirtioPciState<S> withType(
      VirtioPciState<?> state, S type) {
    return new VirtioPciState<>(state.version(), state.function(), state.common(), type);
  }
}
