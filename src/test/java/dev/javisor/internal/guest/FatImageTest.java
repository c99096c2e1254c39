package dev.javisor.internal.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.guest.FatReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FatImageTest {
  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  @Test
  void shouldHoldFilesOfAllSizes() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int size : new int[] {0, 1, 511, 512, 513, 70_000}) {
      files.put("a-file_of" + size, random(size));
    }
    files.put("x", random(3));
    files.put("exactly-13-la", random(4));
    files.put("a-name-of-more-than-26-letters", random(5));

    FatReader read = new FatReader(FatImage.of("CIDATA", files));

    assertEquals("CIDATA", read.label());
    assertEquals(new ArrayList<>(files.keySet()), new ArrayList<>(read.files().keySet()));
    files.forEach((name, content) -> assertArrayEquals(content, read.files().get(name), name));
  }

  @Test
  void shouldTakeLargerClusters_whenThereIsMore() {
    Map<String, byte[]> files = Map.of("large", random(40 << 20), "small", random(1));

    FatReader read = new FatReader(FatImage.of("X", files));

    assertArrayEquals(files.get("large"), read.files().get("large"));
    assertArrayEquals(files.get("small"), read.files().get("small"));
  }

  @Test
  void shouldBeTheSame_whenTheContentIs() {
    Map<String, byte[]> files = Map.of("a", random(9));

    assertArrayEquals(FatImage.of("L", files), FatImage.of("L", files));
    assertTrue(FatImage.of("L", files).length < 4 << 20);
  }

  @Test
  void shouldRefuseNamesThatItCannotWrite() {
    for (String name : List.of("", "a.b", "a/b", "a b", "ä", "a".repeat(256))) {
      assertThrows(
          IllegalArgumentException.class, () -> FatImage.of("L", Map.of(name, new byte[1])));
    }
    for (String label : List.of("", "lower", "TWELVELETTER")) {
      assertThrows(IllegalArgumentException.class, () -> FatImage.of(label, Map.of()));
    }
  }

  @Test
  void shouldRefuseMoreFilesThanTheRootHolds() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int i = 0; i < 300; i++) {
      files.put("file" + i, new byte[0]);
    }

    assertThrows(IllegalArgumentException.class, () -> FatImage.of("L", files));
  }
}
