package dev.javisor.internal.x86;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class BootRegistersTest {
  private static final long CODE = 0x00cf_9b00_0000_ffffL;
  private static final long DATA = 0x00cf_9300_0000_ffffL;
  private static final long TASK = 0x0000_8b00_0000_0067L;

  @Test
  void shouldPointToStartInfo_whenEnteredByPvh() {
    BootRegisters registers = BootRegisters.pvh(0x100_0230);

    assertEquals(0x100_0230, registers.rip());
    assertEquals(0x6000, registers.rbx());
    assertEquals(0, registers.rsi());
    assertEquals(2, registers.rflags());
    assertEquals(1, registers.cr0());
    assertEquals(List.of(0L, CODE, DATA, TASK), registers.gdtEntries());
    assertEquals(new DescriptorTable(0x500, 31), registers.gdt());
    assertEquals(new DescriptorTable(0x520, 7), registers.idt());
  }

  @Test
  void shouldUseTheSelectorsOfTheBootProtocol_whenEnteredAsLinux() {
    BootRegisters registers = BootRegisters.linux32(0x10_0000);

    assertEquals(0x10_0000, registers.rip());
    assertEquals(0x7000, registers.rsi());
    assertEquals(0, registers.rbx());
    assertEquals(0x8ff0, registers.rsp());
    assertEquals(0x10, registers.code().selector());
    assertEquals(0x18, registers.data().selector());
    assertEquals(List.of(0L, TASK, CODE, DATA), registers.gdtEntries());
  }

  @Test
  void shouldSpellOutTheDescriptor_whenSegmentIsCode() {
    Segment code = BootRegisters.pvh(0).code();

    assertEquals(0xb, code.type());
    assertTrue(code.codeOrData());
    assertEquals(0, code.dpl());
    assertTrue(code.present());
    assertFalse(code.available());
    assertFalse(code.longMode());
    assertTrue(code.defaultBig());
    assertTrue(code.pageGranular());
    assertEquals(-1, code.limit());
  }

  @Test
  void shouldSpreadBaseAndLimit_whenDescriptorIsMade() {
    Segment segment = new Segment(0x1234_5678, 0xa_bcde, 0x20, 0x00e2);

    assertEquals(0x120a_e234_5678_bcdeL, segment.descriptor());
    assertEquals(3, segment.dpl());
  }
}
