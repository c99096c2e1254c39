package dev.javisor.internal.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MadtTest {
  private static final String CONTROLLERS =
      "010c"
          + "00"
          + "00"
          + "0000c0fe"
          + "00000000" // IOAPIC
          + "020a"
          + "00"
          + "04"
          + "04000000"
          + "0000" // IRQ 4 is GSI 4
          + "0406"
          + "ff"
          + "0000"
          + "01"; // NMI at LINT1 of all

  private static String entries(List<Integer> apicIds) {
    byte[] bytes = Madt.table(apicIds).bytes();
    return HexFormat.of().formatHex(Arrays.copyOfRange(bytes, 36, bytes.length));
  }

  @Test
  void shouldDescribeOneVcpu() {
    assertEquals(
        "0000e0fe" + "00000000" + "0008" + "00" + "00" + "01000000" + CONTROLLERS,
        entries(List.of(0)));
  }

  @Test
  void shouldTakeApicIdsFromTheTopology() {
    assertEquals(
        "0000e0fe"
            + "00000000"
            + ("0008" + "00" + "00" + "01000000")
            + ("0008" + "01" + "01" + "01000000")
            + ("0008" + "02" + "04" + "01000000")
            + ("0008" + "03" + "fe" + "01000000")
            + CONTROLLERS,
        entries(List.of(0, 1, 4, 254)));
  }

  @Test
  void shouldUseX2apicEntries_whenAnApicIdIs255OrMore() {
    assertEquals(
        "0000e0fe"
            + "00000000"
            + ("0008" + "00" + "fe" + "01000000")
            + ("0910" + "0000" + "ff000000" + "01000000" + "01000000")
            + ("0910" + "0000" + "00100000" + "01000000" + "02000000")
            + CONTROLLERS
            + ("0a0c" + "0000" + "ffffffff" + "01" + "000000"),
        entries(List.of(254, 255, 4096)));
  }

  @Test
  void shouldDescribeEveryVcpuOnce_whenThereAreHundreds() {
    byte[] bytes = Madt.table(IntStream.range(0, 300).boxed().toList()).bytes();
    int[] entriesOfType = new int[11];

    for (int offset = 44; offset < bytes.length; offset += bytes[offset + 1]) {
      entriesOfType[bytes[offset]]++;
    }

    assertEquals(255, entriesOfType[0]);
    assertEquals(45, entriesOfType[9]);
  }
}
