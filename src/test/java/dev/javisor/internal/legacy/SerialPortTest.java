package dev.javisor.internal.legacy;

import static dev.javisor.internal.legacy.SerialDriver.DATA;
import static dev.javisor.internal.legacy.SerialDriver.FCR;
import static dev.javisor.internal.legacy.SerialDriver.IER;
import static dev.javisor.internal.legacy.SerialDriver.IIR;
import static dev.javisor.internal.legacy.SerialDriver.LCR;
import static dev.javisor.internal.legacy.SerialDriver.LSR;
import static dev.javisor.internal.legacy.SerialDriver.MCR;
import static dev.javisor.internal.legacy.SerialDriver.MSR;
import static dev.javisor.internal.legacy.SerialDriver.SCR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Output, loopback and modem lines, by the eyes of a driver. */
class SerialPortTest extends SerialFixture {
  @Test
  void shouldBeFoundAsA16550A() {
    assertTrue(driver.probe());
  }

  @Test
  void shouldPrint_whenPolled() {
    for (char c : "Linux".toCharArray()) {
      assertEquals(0x60, driver.in(LSR) & 0x60);
      driver.out(DATA, c);
    }

    assertEquals("Linux", output.toString());
    assertEquals(0, driver.edges);
  }

  @Test
  void shouldSendAll_whenDrivenByInterrupts() {
    String text = "0123456789".repeat(10);
    driver.open();

    driver.send(text);
    driver.serveInterrupts();

    assertEquals(text, output.toString());
    assertEquals(0x05, driver.in(IER), "the driver ends by disabling the transmitter's interrupt");
  }

  @Test
  void shouldReassertTransmitterEmpty_whenEnabledAgain() {
    driver.out(IER, 0x02);
    int first = driver.in(IIR);
    int second = driver.in(IIR);
    driver.out(IER, 0);
    driver.out(IER, 0x02);
    int third = driver.in(IIR);

    assertEquals(List.of(0x02, 0x01, 0x02), List.of(first, second, third));
    assertEquals(2, driver.edges);
  }

  @Test
  void shouldSendAnEdgeForEachByte_whenIirIsReadBetween() {
    driver.out(IER, 0x02);
    driver.in(IIR);
    driver.edges = 0;

    for (int i = 0; i < 3; i++) {
      driver.out(DATA, 'x');
      driver.in(IIR);
    }

    assertEquals(3, driver.edges);
  }

  @Test
  void shouldMergeEdges_whenIirIsNotRead() {
    driver.out(IER, 0x02);
    driver.in(IIR);
    driver.edges = 0;

    for (int i = 0; i < 16; i++) {
      driver.out(DATA, 'x');
    }

    assertEquals(1, driver.edges);
  }

  @Test
  void shouldLoopBack_whenTold() {
    driver.out(FCR, 0x01);
    driver.out(MCR, 0x10);

    driver.out(DATA, 'L');

    assertEquals('L', driver.in(DATA));
    assertEquals("", output.toString());
  }

  @Test
  void shouldHoldHostInput_whileLoopingBack() {
    driver.out(MCR, 0x10);
    type(port, "h");
    assertEquals(0, driver.in(LSR) & 0x01);

    driver.out(MCR, 0);

    assertEquals('h', driver.in(DATA));
  }

  @Test
  void shouldReportOverrun_whenLoopbackFillsTheFifo() {
    driver.out(FCR, 0x01);
    driver.out(IER, 0x04);
    driver.out(MCR, 0x10);
    for (int i = 0; i < 16; i++) {
      driver.out(DATA, 'a' + i);
    }
    assertEquals(0, driver.edges);

    driver.out(DATA, 'z');

    assertEquals(1, driver.edges);
    assertEquals(0xc6, driver.in(IIR));
    assertEquals(0x63, driver.in(LSR));
    assertEquals(0x61, driver.in(LSR), "reading clears the error");
    assertEquals(0xc1, driver.in(IIR));
    assertEquals('a', driver.in(DATA), "a full FIFO keeps what it has");
  }

  @Test
  void shouldOverwriteTheHoldingRegister_whenLoopbackOverrunsItWithoutFifo() {
    driver.out(MCR, 0x10);

    driver.out(DATA, 'a');
    driver.out(DATA, 'b');

    assertEquals(0x63, driver.in(LSR));
    assertEquals('b', driver.in(DATA));
  }

  @Test
  void shouldTellModemLineChanges() {
    assertEquals(0xb0, driver.in(MSR), "a ready other end, no changes");
    driver.out(IER, 0x08);

    driver.out(MCR, 0x10 | 0x04 | 0x02);

    assertEquals(1, driver.edges);
    assertEquals(0x00, driver.in(IIR));
    assertEquals(0x5a, driver.in(MSR), "RI and CTS on; DSR and DCD changed");
    assertEquals(0x50, driver.in(MSR), "reading clears the changes");
    driver.out(MCR, 0x10 | 0x02);
    assertEquals(0x14, driver.in(MSR), "the ring ended");
  }

  @Test
  void shouldServeCausesByPriority() {
    driver.out(FCR, 0x01);
    driver.out(MCR, 0x10);
    driver.out(IER, 0x0f);
    for (int i = 0; i < 17; i++) {
      driver.out(DATA, i);
    }

    assertEquals(0xc6, driver.in(IIR));
    driver.in(LSR);
    assertEquals(0xc4, driver.in(IIR));
    driver.out(FCR, 0x03);
    assertEquals(0xc2, driver.in(IIR));
    assertEquals(0xc0, driver.in(IIR));
    driver.in(MSR);
    assertEquals(0xc1, driver.in(IIR));
  }

  @Test
  void shouldKeepTheDivisorApartFromDataAndInterruptEnable() {
    driver.out(IER, 0x05);

    driver.out(LCR, 0x83);
    driver.out(DATA, 0x34);
    driver.out(IER, 0x12);
    int divisor = (int) port.read(0, 2);
    driver.out(LCR, 0x03);

    assertEquals(0x1234, divisor);
    assertEquals(0x05, driver.in(IER));
    assertEquals("", output.toString());
  }

  @Test
  void shouldNotDivideByZero_whenTheEarlyConsoleAsksForTheBaudRate() {
    driver.out(LCR, 0x80);

    assertNotEquals(0, port.read(0, 2));
  }

  @Test
  void shouldSplitWideAccesses() {
    port.write(DATA, 4, 0x03_01_00_41);

    assertEquals("A", output.toString());
    assertEquals(0x03, driver.in(LCR));
    assertEquals(0xffffff00L | driver.in(SCR), port.read(SCR, 4));
  }
}
