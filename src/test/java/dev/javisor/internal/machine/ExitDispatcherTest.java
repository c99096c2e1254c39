package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.javisor.event.VmExit;
import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.bus.Bus;
import dev.javisor.internal.bus.BusDevice;
import dev.javisor.internal.bus.SystemControl;
import dev.javisor.internal.kvm.KvmExit;
import dev.javisor.internal.kvm.KvmExits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExitDispatcherTest {
  private final List<String> seen = new ArrayList<>();
  private final Bus mmio = new Bus();
  private final ExitDispatcher dispatcher =
      new ExitDispatcher(new Bus(), mmio, new Recorder(), vector -> seen.add("eoi " + vector));

  @Test
  void shouldOnlyShowPowersOfTwoToDevices_whenTheRestOfAWriteHasAnotherLength() {
    mmio.add(new AddressRange(0x1000, 0x1000), new Recorder());

    dispatch(KvmExit.MMIO, KvmExits.mmio(0x1000, 7, true, 0x77_6655_4433_2211L));
    dispatch(KvmExit.MMIO, KvmExits.mmio(0x1ffd, 3, true, 0x33_2211L));

    assertEquals(
        List.of(
            "write 0x0 4 0x44332211",
            "write 0x4 2 0x6655",
            "write 0x6 1 0x77",
            "write 0xffd 1 0x11",
            "write 0xffe 2 0x3322"),
        seen);
  }

  @Test
  void shouldPutTheAnswerTogether_whenTheRestOfAReadHasAnotherLength() {
    mmio.add(new AddressRange(0x1000, 0x1000), new Recorder());
    KvmExit exit = KvmExits.mmio(0x1000, 5, false, 0);

    dispatch(KvmExit.MMIO, exit);

    assertEquals(List.of("read 0x0 4", "read 0x4 1"), seen);
    assertEquals(0x04_0000_0000L, exit.mmioValue());
  }

  @Test
  void shouldAnswerOnes_whenNothingIsThere() {
    KvmExit exit = KvmExits.mmio(0x1001, 7, false, 0);

    dispatch(KvmExit.MMIO, exit);

    assertEquals((1L << 56) - 1, exit.mmioValue());
  }

  @Test
  void shouldTellTheMachine_whenTheGuestAsksKvm() {
    assertNull(dispatch(KvmExit.SYSTEM_EVENT, KvmExits.systemEvent(1)));
    assertNull(dispatch(KvmExit.SYSTEM_EVENT, KvmExits.systemEvent(2)));

    assertEquals(List.of("powerOff", "reset"), seen);
  }

  @Test
  void shouldFail_whenTheGuestAsksKvmForWhatThereIsNot() {
    VmExit exit = dispatch(KvmExit.SYSTEM_EVENT, KvmExits.systemEvent(3));

    assertEquals("KVM_EXIT_SYSTEM_EVENT of type 3; here", message(exit));
  }

  @Test
  void shouldFailWithTheCause_whenTheCpuRefuses() {
    VmExit exit = dispatch(KvmExit.FAIL_ENTRY, KvmExits.failEntry(7, 1));

    assertEquals(
        "KVM_EXIT_FAIL_ENTRY: the CPU refused to enter the guest, hardware reason 0x7 on CPU 1;"
            + " here",
        message(exit));
  }

  @Test
  void shouldBeATripleFault_whenTheVcpuShutsDown() {
    assertEquals(
        new VmExit.TripleFault("here"), dispatch(KvmExit.SHUTDOWN, KvmExits.systemEvent(0)));
  }

  private VmExit dispatch(int reason, KvmExit exit) {
    return dispatcher.dispatch(reason, exit, () -> "here");
  }

  private static String message(VmExit exit) {
    return assertInstanceOf(VmExit.Failed.class, exit).cause().getMessage();
  }

  private final class Recorder implements BusDevice, SystemControl {
    @Override
    public long read(long offset, int size) {
      seen.add("read 0x%x %d".formatted(offset, size));
      return offset;
    }

    @Override
    public void write(long offset, int size, long value) {
      seen.add("write 0x%x %d 0x%x".formatted(offset, size, value));
    }

    @Override
    public void powerOff() {
      seen.add("powerOff");
    }

    @Override
    public void reset() {
      seen.add("reset");
    }
  }
}
