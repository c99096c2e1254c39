package dev.javisor.internal.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.sys.Mapping;
import dev.javisor.internal.x86.Segment;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KvmVcpuTest {
  private static final int CODE = 0x1000;
  private static final int REAL_MODE_CODE = 0x009b;
  private static final long RFLAGS_RESERVED = 2;

  private Kvm kvm;
  private KvmVm vm;
  private Mapping ram;
  private KvmVcpu vcpu;

  @BeforeEach
  void create() {
    kvm = Kvm.open(Kvm.DEVICE);
    vm = kvm.createVm();
    ram = Mapping.anonymous(1 << 20, 4096, "test RAM");
    vm.setMemory(0, 0, ram.size(), ram.address(), false);
    vcpu = vm.createVcpu(0);
  }

  @AfterEach
  void close() {
    vcpu.close();
    vm.close();
    ram.close();
    kvm.close();
  }

  @Test
  void shouldHaveEveryCapability_whenKvmIsUsable() {
    assertEquals(Kvm.API_VERSION, kvm.apiVersion());
    assertEquals(List.of(), kvm.missingCapabilities());
    assertTrue(kvm.maxVcpus() >= 1);
    assertTrue(kvm.supportedCpuid().stream().anyMatch(entry -> entry.function() == 1));
    assertFalse(kvm.msrIndices().isEmpty());
  }

  @Test
  void shouldExitWithTheValue_whenGuestWritesAPort() {
    load(0xb0, 'A', 0xe6, 0xe9, 0xf4); // mov al,'A'; out 0xe9,al; hlt

    assertEquals(KvmExit.IO, vcpu.run());
    KvmExit exit = vcpu.exit();
    assertTrue(exit.ioIsWrite());
    assertEquals(0xe9, exit.ioPort());
    assertEquals(1, exit.ioSize());
    assertEquals(1, exit.ioCount());
    assertEquals('A', exit.ioValue(0));
    assertEquals(KvmExit.HLT, vcpu.run());
  }

  @Test
  void shouldHandTheAnswerToTheGuest_whenItReadsAPort() {
    load(0xe5, 0x71, 0xf4); // in ax,0x71; hlt

    assertEquals(KvmExit.IO, vcpu.run());
    assertFalse(vcpu.exit().ioIsWrite());
    assertEquals(2, vcpu.exit().ioSize());
    vcpu.exit().setIoValue(0, 0xbeef);

    assertEquals(KvmExit.HLT, vcpu.run());
    assertEquals(0xbeef, vcpu.register(Register.RAX) & 0xffff);
  }

  @Test
  void shouldExitWithAddressAndValue_whenGuestWritesWhereNoRamIs() {
    // mov ax,0xf000; mov ds,ax; mov word [0x10],0x1234; hlt
    load(0xb8, 0x00, 0xf0, 0x8e, 0xd8, 0xc7, 0x06, 0x10, 0x00, 0x34, 0x12, 0xf4);
    vm.setMemory(0, 0, 0, ram.address(), false);
    vm.setMemory(0, 0, 0xf0000, ram.address(), false);

    assertEquals(KvmExit.MMIO, vcpu.run());
    assertTrue(vcpu.exit().mmioIsWrite());
    assertEquals(0xf0010, vcpu.exit().mmioAddress());
    assertEquals(2, vcpu.exit().mmioLength());
    assertEquals(0x1234, vcpu.exit().mmioValue());
  }

  @Test
  void shouldGoOnInAnotherMachine_whenStateIsSavedAndRestored() {
    recreateWithLocalApic();
    // mov ax,0x1234; out 0x80,al; inc ax; out 0x80,ax; hlt
    load(0xb8, 0x34, 0x12, 0xe6, 0x80, 0x40, 0xe7, 0x80, 0xf4);
    vcpu.setCpuid(kvm.supportedCpuid());
    assertEquals(KvmExit.IO, vcpu.run());
    vcpu.requestImmediateExit(true);
    vcpu.run();
    VcpuState state = vcpu.save(kvm.msrIndices());

    try (KvmVm other = kvm.createVm()) {
      other.enableSplitIrqchip(24);
      other.setMemory(0, 0, ram.size(), ram.address(), false);
      try (KvmVcpu heir = other.createVcpu(0)) {
        heir.restore(state);

        assertEquals(KvmExit.IO, heir.run());
        assertEquals(0x1235, heir.exit().ioValue(0));
      }
    }
  }

  private void recreateWithLocalApic() {
    vcpu.close();
    vm.close();
    vm = kvm.createVm();
    vm.enableSplitIrqchip(24);
    vm.setMemory(0, 0, ram.size(), ram.address(), false);
    vcpu = vm.createVcpu(0);
  }

  private void load(int... code) {
    ByteBuffer bytes = ram.view(CODE, code.length);
    for (int i = 0; i < code.length; i++) {
      bytes.put(i, (byte) code[i]);
    }
    vcpu.setSpecialRegisters(
        vcpu.specialRegisters().segment(SegmentName.CS, new Segment(0, 0xffff, 0, REAL_MODE_CODE)));
    long[] registers = vcpu.registers();
    registers[Register.RIP.ordinal()] = CODE;
    registers[Register.RFLAGS.ordinal()] = RFLAGS_RESERVED;
    vcpu.setRegisters(registers);
  }
}
