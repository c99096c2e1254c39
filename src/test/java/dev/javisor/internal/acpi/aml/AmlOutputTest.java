package dev.javisor.internal.acpi.aml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmlOutputTest {
  @Test
  void shouldAppendLittleEndian_whenNumbersAreWide() {
    byte[] bytes =
        new AmlOutput()
            .appendByte(0x101)
            .appendWord(0x20304)
            .appendDword(0x5_0607_0809L)
            .appendQword(0xf1f2_f3f4_f5f6_f7f8L)
            .toByteArray();

    assertEquals("01" + "0403" + "09080706" + "f8f7f6f5f4f3f2f1", HexFormat.of().formatHex(bytes));
  }

  @Test
  void shouldKeepAllBytes_whenItGrows() {
    byte[] many = new byte[100_000];
    Arrays.fill(many, (byte) 0x5a);

    AmlOutput out = new AmlOutput().appendByte(1).appendBytes(many).appendByte(2);

    assertEquals(100_002, out.size());
    assertEquals(2, out.toByteArray()[100_001]);
    assertArrayEquals(many, Arrays.copyOfRange(out.toByteArray(), 1, 100_001));
  }

  /** The length counts its own bytes: 62 bytes of content are the last that fit into one. */
  @ParameterizedTest
  @CsvSource({
    "0, 01",
    "61, 3e",
    "62, 3f",
    "63, 4104",
    "64, 4204",
    "4092, 4eff",
    "4093, 4fff",
    "4094, 810001",
    "4095, 820001",
    "1048572, 8fffff",
    "1048573, c1000001",
  })
  void shouldUseTheShortestPackageLength_whenContentCrossesABoundary(
      int contentLength, String expected) {
    byte[] bytes =
        new AmlOutput()
            .appendPackage(out -> out.appendBytes(new byte[contentLength]))
            .toByteArray();

    byte[] length = Arrays.copyOf(bytes, bytes.length - contentLength);
    assertEquals(expected, HexFormat.of().formatHex(length));
  }

  @Test
  void shouldRefuse_whenAPackageIsTooLong() {
    byte[] half = new byte[1 << 27];
    AmlTerm huge = out -> out.appendBytes(half);

    assertThrows(IllegalArgumentException.class, () -> new AmlOutput().appendPackage(huge, huge));
  }

  @ParameterizedTest
  @CsvSource({"1, 01", "63, 3f", "64, 4004", "4095, 4fff", "4096, 800001", "1048576, c0000001"})
  void shouldNotCountItself_whenTheNumberIsOneOfBits(int bits, String expected) {
    byte[] bytes = new AmlOutput().appendBitCount(bits).toByteArray();

    assertEquals(expected, HexFormat.of().formatHex(bytes));
  }
}
