package dev.javisor.internal.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemorySizeTest {
  @ParameterizedTest
  @CsvSource({
    "4096, 4096",
    "512K, 524288",
    "1024M, 1073741824",
    "1024MiB, 1073741824",
    "1024mb, 1073741824",
    "4G, 4294967296",
    "2t, 2199023255552",
    "' 4g ', 4294967296",
    "0, 0",
    "-1G, -1073741824",
    "+1K, 1024"
  })
  void shouldReadSizes(String text, long bytes) {
    assertEquals(bytes, MemorySize.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "G", "1.5G", "1 G", "1P", "1GG", "0x1000", "512B", "1e9", "\u0661"})
  void shouldSayWhatItExpects_whenItIsNoSize(String text) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> MemorySize.parse(text));

    assertEquals("not a size; write 1024M, 4G or a number of bytes", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"8388608T", "9223372036854775808", "99999999999999999999G"})
  void shouldRefuseWhatDoesNotFit(String text) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> MemorySize.parse(text));

    assertTrue(e.getMessage().contains("64 bits"), e.getMessage());
  }

  @Test
  void shouldWriteSizesShort() {
    assertEquals("512M", MemorySize.format(512L << 20));
    assertEquals("1G", MemorySize.format(1L << 30));
    assertEquals("1025", MemorySize.format(1025));
    assertEquals("0", MemorySize.format(0));
    assertEquals("2048T", MemorySize.format(2048L << 40));
  }
}
