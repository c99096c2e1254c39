package dev.javisor.internal.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Failures that KVM reports, in words. */
class KvmExitTest {
  @Test
  void shouldTellReasonAndCpu_whenTheCpuRefusesToEnter() {
    assertEquals(
        "KVM_EXIT_FAIL_ENTRY: the CPU refused to enter the guest, hardware reason 0x80000021 on"
            + " CPU 3",
        KvmExits.failEntry(0x8000_0021L, 3).describeFailure(KvmExit.FAIL_ENTRY));
  }

  @Test
  void shouldTellTheInstruction_whenItCannotBeEmulated() {
    KvmExit exit = KvmExits.internalError(1, 4, 1, 0x000c_c70f_4803L, 0, 0);

    assertEquals(
        "KVM_EXIT_INTERNAL_ERROR: KVM cannot emulate an instruction (suberror 1), instruction bytes"
            + " 48 0f c7",
        exit.describeFailure(KvmExit.INTERNAL_ERROR));
  }

  @Test
  void shouldSayThatThereIsNone_whenTheInstructionCannotBeRead() {
    KvmExit exit = KvmExits.internalError(1, 4, 0, 0, 0, 0);

    assertEquals(
        "KVM_EXIT_INTERNAL_ERROR: KVM cannot emulate an instruction (suberror 1); it cannot read it"
            + " either: the guest may have jumped to where it has no RAM",
        exit.describeFailure(KvmExit.INTERNAL_ERROR));
  }

  @Test
  void shouldTellTheData_whenAnEventCannotBeDelivered() {
    KvmExit exit = KvmExits.internalError(3, 2, 0x8000_030eL, 0x31);

    assertEquals(
        "KVM_EXIT_INTERNAL_ERROR: an event could not be delivered (suberror 3), data 0x8000030e"
            + " 0x31",
        exit.describeFailure(KvmExit.INTERNAL_ERROR));
  }

  @Test
  void shouldStayWithinThePage_whenCountsAreAbsurd() {
    assertTrue(
        KvmExits.internalError(99, Integer.MAX_VALUE)
            .describeFailure(KvmExit.INTERNAL_ERROR)
            .startsWith("KVM_EXIT_INTERNAL_ERROR: unknown cause (suberror 99), data 0x0"));
    assertTrue(
        KvmExits.internalError(1, 4, 1, 0xff)
            .describeFailure(KvmExit.INTERNAL_ERROR)
            .contains("instruction bytes 00"));
    assertEquals(
        "KVM_EXIT_INTERNAL_ERROR: unknown cause (suberror 7)",
        KvmExits.internalError(7, -5).describeFailure(KvmExit.INTERNAL_ERROR));
  }

  @Test
  void shouldNameTheExit_whenItIsNotHandled() {
    KvmExit exit = KvmExits.systemEvent(1);

    assertEquals(
        "KVM_EXIT_DEBUG: Javisor does not know this exit",
        exit.describeFailure(KvmNumbers.KVM_EXIT_DEBUG));
    assertEquals("exit reason 999: Javisor does not know this exit", exit.describeFailure(999));
  }

  @Test
  void shouldTellSystemEventsApart() {
    assertTrue(KvmExits.systemEvent(1).systemEventIsShutdown());
    assertFalse(KvmExits.systemEvent(1).systemEventIsReset());
    assertTrue(KvmExits.systemEvent(2).systemEventIsReset());
    assertFalse(KvmExits.systemEvent(3).systemEventIsReset());
  }
}
