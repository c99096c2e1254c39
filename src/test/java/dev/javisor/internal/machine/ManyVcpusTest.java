package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VcpuState;
import dev.javisor.event.VmExit;
import dev.javisor.internal.kvm.Kvm;
import dev.javisor.internal.kvm.KvmVcpu;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.x86.CpuidEntry;
import dev.javisor.internal.x86.PlatformLayout;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More processors than 8-bit APIC ids can tell apart. */
@Timeout(60)
class ManyVcpusTest {
  private static final int COUNT = 300;
  private static final int MADT_HEADER = 44;
  private static final int LOCAL_APIC = 0;
  private static final int LOCAL_X2APIC = 9;

  @TempDir Path folder;

  @Test
  void shouldShowThemAllToTheGuest_whenThereAreThreeHundred() {
    MicroGuest guest = MicroGuest.code(a -> {}).cpus(COUNT);
    MachineSpec spec = MicroMachine.spec(guest, guest.write(folder.resolve("kernel")));
    try (Hardware hardware =
        Hardware.create(
            Kvm.DEVICE, new SupportedCpuid(), spec, new SilentListener(), new Ending())) {
      Incarnation incarnation = hardware.incarnate();
      try {
        Set<Integer> inCpuid = new HashSet<>();
        for (KvmVcpu vcpu : incarnation.vcpus()) {
          inCpuid.add(x2ApicId(vcpu.cpuid()));
        }

        assertEquals(COUNT, inCpuid.size());
        assertEquals(inCpuid, idsInMadt(hardware.memory()));
        assertTrue(inCpuid.stream().anyMatch(id -> id > 255), inCpuid.toString());
      } finally {
        incarnation.stop();
      }
    }
  }

  @Test
  void shouldEndThemAll_whenMostHaveNeverStarted() {
    try (MicroMachine vm = MicroGuest.code(a -> a.spin()).cpus(COUNT).boot()) {
      vm.await(() -> vm.vcpu().state() == VcpuState.RUNNING, "the first one runs");
      assertEquals(VcpuState.WAITING, vm.machine().vcpus().get(COUNT - 1).state());
      long start = System.nanoTime();
      vm.machine().kill();

      assertEquals(new VmExit.Killed(), vm.awaitExit());
      assertTrue(System.nanoTime() - start < 10_000_000_000L);
    }
  }

  private static int x2ApicId(List<CpuidEntry> cpuid) {
    return cpuid.stream()
        .filter(entry -> entry.function() == 0xb && entry.index() == 0)
        .findFirst()
        .orElseThrow()
        .edx();
  }

  private static Set<Integer> idsInMadt(GuestMemory memory) {
    byte[] tables = new byte[(int) (PlatformLayout.SMBIOS - PlatformLayout.RSDP)];
    memory.read(PlatformLayout.RSDP, tables, 0, tables.length);
    String text = new String(tables, java.nio.charset.StandardCharsets.ISO_8859_1);
    long madt = PlatformLayout.RSDP + text.indexOf("APIC", 64);
    int length = memory.readInt(madt + 4);
    Set<Integer> ids = new HashSet<>();
    int at = MADT_HEADER;
    while (at < length) {
      int type = memory.readByte(madt + at);
      if (type == LOCAL_APIC) {
        assertTrue(ids.add(Byte.toUnsignedInt(memory.readByte(madt + at + 3))));
      } else if (type == LOCAL_X2APIC) {
        assertTrue(ids.add(memory.readInt(madt + at + 4)));
      }
      at += Byte.toUnsignedInt(memory.readByte(madt + at + 1));
    }
    return ids;
  }
}
