package dev.javisor.internal.legacy;

import static dev.javisor.internal.legacy.RtcDriver.A;
import static dev.javisor.internal.legacy.RtcDriver.B;
import static dev.javisor.internal.legacy.RtcDriver.BINARY;
import static dev.javisor.internal.legacy.RtcDriver.C;
import static dev.javisor.internal.legacy.RtcDriver.D;
import static dev.javisor.internal.legacy.RtcDriver.HOURS_24;
import static dev.javisor.internal.legacy.RtcDriver.SET;
import static dev.javisor.internal.legacy.RtcDriver.UPDATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The RAM around the clock, and the state of both. */
class CmosTest extends CmosFixture {
  @ParameterizedTest
  @CsvSource({
    "0x2000000, 0, 0x7c00, 0x100, 0",
    "0xc0000000, 0x140000000, 0xffff, 0xbf00, 0x14000",
    "0x100000, 0, 0, 0, 0",
    "0, 0x7fffffffffffffff, 0, 0, 0xffffff"
  })
  void shouldTellTheSizeOfRam(String below, String above, String kib, String mid, String high) {
    RtcDriver other = new RtcDriver(newCmos(Long.decode(below), Long.decode(above)));

    assertEquals(Integer.decode(kib), other.in(0x30) | other.in(0x31) << 8);
    assertEquals(Integer.decode(mid), other.in(0x34) | other.in(0x35) << 8);
    assertEquals(Integer.decode(high), other.in(0x5b) | other.in(0x5c) << 8 | other.in(0x5d) << 16);
  }

  @Test
  void shouldRefuseNegativeSizes() {
    assertThrows(IllegalArgumentException.class, () -> new CmosConfig(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> new CmosConfig(0, -1));
  }

  @Test
  void shouldKeepRam_whateverTheNmiMask() {
    driver.out(0x40, 0xab);

    assertEquals(0xab, driver.in(0x40));
    assertEquals(0xab, driver.in(0xc0));
    assertEquals(0xc0, cmos.read(0, 1));
  }

  @Test
  void shouldNotTakeWritesToReadOnlyRegisters() {
    driver.out(C, 0xff);
    driver.out(D, 0);

    assertEquals(0, driver.in(C));
    assertEquals(0x80, driver.in(D));
  }

  @Test
  void shouldReset_whenLinuxRestartsThroughTheBios() {
    driver.out(0x0f, 0); // what Linux does when it starts a processor
    driver.out(0x8f, 0x0a);
    assertEquals(List.of(), system.requests);

    driver.out(0x8f, 0);

    assertEquals(List.of("reset"), system.requests);
  }

  @Test
  void shouldKeepTimeAndRam_whenReset() {
    driver.setTime(at("1987-06-05T16:03:21"));
    driver.out(0x40, 0xab);
    driver.out(0x34, 0);
    driver.out(B, BINARY | UPDATE);

    cmos.reset();

    assertEquals(at("1987-06-05T16:03:21"), driver.time());
    assertEquals(0xab, driver.in(0x40));
    assertEquals(0xbf00, driver.in(0x34) | driver.in(0x35) << 8);
    assertEquals(HOURS_24, driver.in(B));
    assertEquals(0, host.pendingTasks());
  }

  @Test
  void shouldBeStill_whileQuiesced() {
    driver.setAlarm(10, 20, 40);
    cmos.quiesce();
    assertEquals(0, host.pendingTasks());
    host.advance(Duration.ofMinutes(1));
    assertEquals(0, edges);

    cmos.resume();

    assertEquals(1, edges, "the alarm that came meanwhile");
    assertEquals(at("2026-11-22T10:21:30"), driver.time());
  }

  @Test
  void shouldGoOn_whenRestored() {
    driver.setTime(at("1987-06-05T16:03:21"));
    driver.setAlarm(16, 4, 0);
    driver.out(0x40, 0xab);
    cmos.quiesce();
    CmosState state = cmos.save();
    LegacyDevice<CmosState> copy = newCmos(GIB, 0);
    RtcDriver copyDriver = new RtcDriver(copy);
    host.advance(Duration.ofSeconds(10));

    copy.quiesce();
    copy.restore(state);
    copy.resume();
    assertEquals(at("1987-06-05T16:03:31"), copyDriver.time());
    host.advance(Duration.ofSeconds(29));

    assertEquals(1, edges);
    assertEquals(0xab, copyDriver.in(0x40));
    assertEquals(0xbf00, copyDriver.in(0x34) | copyDriver.in(0x35) << 8);
  }

  @Test
  void shouldKeepAHeldTime_whenRestored() {
    driver.out(B, SET | HOURS_24);
    driver.out(0x00, 0x59);
    CmosState state = cmos.save();
    LegacyDevice<CmosState> copy = newCmos(GIB, 0);

    copy.restore(state);

    assertEquals(state, copy.save());
    assertEquals(0x59, new RtcDriver(copy).in(0x00));
  }

  private CmosState withRegister(int register, int value) {
    CmosState state = cmos.save();
    List<Integer> registers = new ArrayList<>(state.registers());
    registers.set(register, value);
    return withRegisters(registers);
  }

  private CmosState withRegisters(List<Integer> registers) {
    return new CmosState(1, 0, registers, 0, 0, 0, 0, 0);
  }

  @Test
  void shouldRefuseHostileStates() {
    CmosState good = cmos.save();
    List<Integer> registers = good.registers();

    List<CmosState> hostile =
        List.of(
            new CmosState(2, 0, registers, 0, 0, 0, 0, 0),
            new CmosState(1, 256, registers, 0, 0, 0, 0, 0),
            new CmosState(1, 0, registers, 0x80, 0, 0, 0, 0),
            new CmosState(1, 0, registers, 0, Long.MAX_VALUE, 0, 0, 0),
            new CmosState(1, 0, registers, 0, Long.MIN_VALUE, 0, 0, 0),
            new CmosState(1, 0, registers, 0, 0, 1_000_000_000, 0, 0),
            new CmosState(1, 0, registers, 0, 0, -1, 0, 0),
            new CmosState(1, 0, registers, 0, 0, 0, Long.MAX_VALUE, 0),
            new CmosState(1, 0, registers, 0, 0, 0, 0, -1),
            withRegisters(List.of()),
            withRegisters(Collections.nCopies(129, 0)),
            withRegister(0x40, 256),
            withRegister(0x40, -1),
            withRegister(A, 0x80),
            withRegister(C, 0x10),
            withRegister(D, 0x80));

    for (CmosState state : hostile) {
      assertThrows(IllegalArgumentException.class, () -> cmos.restore(state), state.toString());
    }
    assertEquals(good, cmos.save());
  }

  @Test
  void shouldSurviveRandomAccesses() {
    long seed = 146818;
    Random random = new Random(seed);
    LegacyDevice<CmosState> copy = newCmos(0, 0);
    copy.quiesce();
    for (int i = 0; i < 30_000; i++) {
      int size = 1 << random.nextInt(4);
      switch (random.nextInt(6)) {
        case 0 -> cmos.read(random.nextInt(3), size);
        case 1 -> cmos.write(random.nextLong(), size, random.nextLong());
        case 2 -> host.advance(Duration.ofNanos(random.nextInt(2_000_000_000)));
        case 3 -> driver.in(random.nextInt(256));
        case 4 -> driver.out(random.nextInt(0x10), random.nextInt(256));
        default -> driver.out(random.nextInt(256), random.nextInt(256));
      }
      assertTrue(host.pendingTasks() <= 1, "one timer at most");
      if (i % 50 == 0) {
        CmosState state = cmos.save();
        copy.restore(state);
        assertEquals(state, copy.save(), "seed " + seed + ", step " + i);
      }
    }
    assertTrue(edges > 0);
  }
}
