package dev.javisor.internal.acpi;

import static dev.javisor.internal.acpi.AcpiFixture.littleEndian;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class FadtTest {
  private final byte[] bytes = Fadt.table(AcpiFixture.machine(1), 0xa0030).bytes();
  private final ByteBuffer fadt = littleEndian(bytes);

  private String field(int offset, int length) {
    return HexFormat.of().formatHex(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  @Test
  void shouldBeOfRevision6() {
    assertEquals(276, bytes.length);
    assertEquals(6, bytes[8]);
    assertEquals(3, bytes[131]);
  }

  @Test
  void shouldSayHardwareReduced_withResetRegisterAndWideTimer() {
    int flags = fadt.getInt(112);

    assertEquals((1 << 20) | (1 << 10) | (1 << 8), flags & ~0x75);
    assertEquals(0x75, flags & 0xff, "WBINVD, C1; no fixed button, no fixed RTC wake");
  }

  @Test
  void shouldNameTheRegisters_asPortsOfTheirWidths() {
    assertEquals("01080001" + "0006000000000000", field(116, 12), "RESET_REG");
    assertEquals("01", field(128, 1), "RESET_VALUE");
    assertEquals("01080001" + "0006000000000000", field(244, 12), "SLEEP_CONTROL_REG");
    assertEquals("01080001" + "0006000000000000", field(256, 12), "SLEEP_STATUS_REG");
    assertEquals("01200003" + "0806000000000000", field(208, 12), "X_PM_TMR_BLK");
    assertEquals(0x608, fadt.getInt(76));
    assertEquals(4, bytes[91]);
  }

  @Test
  void shouldHaveNoFixedHardware() {
    assertEquals(0, fadt.getInt(36), "FIRMWARE_CTRL");
    assertEquals(0, fadt.getShort(46), "SCI_INT");
    assertEquals("00".repeat(28), field(48, 28), "SMI_CMD to PM2_CNT_BLK");
    assertEquals("00".repeat(60), field(148, 60), "X_PM1a_EVT_BLK to X_PM2_CNT_BLK");
  }

  @Test
  void shouldLeadToTheDsdt() {
    assertEquals(0xa0030, fadt.getLong(140));
  }

  @Test
  void shouldDenyKeyboardControllerAndVga_butNotMsi() {
    assertEquals(1 << 2, fadt.getShort(109));
  }

  @Test
  void shouldNameTheRegisterOfTheCentury() {
    assertEquals(0x32, bytes[108]);
  }

  @Test
  void shouldDenyTheRtc_whenThereIsNone() {
    AcpiConfig with = AcpiFixture.machine(1);
    AcpiConfig without =
        new AcpiConfig(
            with.baseGpa(),
            with.maxSize(),
            with.apicIds(),
            with.ports(),
            with.events(),
            false,
            List.of(),
            List.of());

    ByteBuffer table = littleEndian(Fadt.table(without, 0).bytes());

    assertEquals((1 << 2) | (1 << 5), table.getShort(109));
    assertEquals(0, table.get(108), "register of the century");
  }

  @Test
  void shouldNameTheHypervisor() {
    assertEquals("JAVISOR ", new String(bytes, 268, 8, StandardCharsets.US_ASCII));
  }
}
