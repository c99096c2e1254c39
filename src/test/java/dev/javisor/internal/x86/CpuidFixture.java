package dev.javisor.internal.x86;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;

/** CPUID answers from a file and questions to them. */
final class CpuidFixture {
  private CpuidFixture() {}

  /** Reads lines of leaf, sub-leaf, flags, EAX, EBX, ECX, EDX, in hex. */
  static List<CpuidEntry> read(String name) {
    List<CpuidEntry> entries = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                CpuidFixture.class.getResourceAsStream(name), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.startsWith("#")) {
          int[] n =
              Arrays.stream(line.split(" +"))
                  .mapToInt(hex -> Integer.parseUnsignedInt(hex, 16))
                  .toArray();
          entries.add(new CpuidEntry(n[0], n[1], n[2], n[3], n[4], n[5], n[6]));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return entries;
  }

  /** The answer to CPUID as KVM finds it. */
  static CpuidEntry ask(List<CpuidEntry> entries, int function, int index) {
    for (CpuidEntry entry : entries) {
      boolean anyIndex = (entry.flags() & CpuidEntry.SIGNIFICANT_INDEX) == 0;
      if (entry.function() == function && (anyIndex || entry.index() == index)) {
        return entry;
      }
    }
    throw new NoSuchElementException("no leaf %x.%x".formatted(function, index));
  }

  static boolean has(List<CpuidEntry> entries, int function) {
    return entries.stream().anyMatch(entry -> entry.function() == function);
  }
}
