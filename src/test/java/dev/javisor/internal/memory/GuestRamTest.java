package dev.javisor.internal.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.sys.NativeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** How the host backs guest RAM, by what its kernel says of the mapping: proc(5), smaps. */
class GuestRamTest {
  private static final long HOLE = 0xC000_0000L;
  private static final long RAM = 16L << 20;
  private static final long HUGE = 8L << 20;
  private static final Path RESERVED = Path.of("/proc/sys/vm/nr_hugepages");

  @Test
  void shouldBePrivateAndLazyAndInNoCoreDump_byDefault() throws IOException {
    try (GuestMemory memory = map(new RamSpec(RAM, false, false, true, false))) {
      memory.writeByte(RAM / 2, (byte) 1);

      Backing ram = Backing.of(memory);

      assertTrue(ram.name.isEmpty(), ram.name);
      assertEquals(RAM, ram.size);
      assertTrue(ram.resident > 0 && ram.resident <= 2 << 20, ram::toString);
      assertTrue(ram.flags.containsAll(List.of("dd", "hg")), ram::toString);
    }
  }

  @Test
  void shouldHaveNoTransparentHugePages_whenTheyAreNotWanted() throws IOException {
    try (GuestMemory memory = map(new RamSpec(RAM, false, false, false, false))) {
      memory.writeByte(0, (byte) 1);

      Backing ram = Backing.of(memory);

      assertTrue(ram.flags.contains("nh"), ram::toString);
      assertEquals(4096, ram.resident);
    }
  }

  @Test
  void shouldBeThereWhole_whenPrefaulted() throws IOException {
    try (GuestMemory memory = map(new RamSpec(RAM, false, false, true, true))) {
      assertEquals(RAM, Backing.of(memory).resident);
    }
  }

  @Test
  void shouldBeAMemoryFile_whenShared() throws IOException {
    try (GuestMemory memory = map(new RamSpec(RAM, true, false, true, false))) {
      memory.writeByte(0, (byte) 1);

      Backing ram = Backing.of(memory);

      assertTrue(ram.name.startsWith("/memfd:javisor-ram"), ram.name);
      assertTrue(ram.flags.containsAll(List.of("sh", "dd")), ram::toString);
      assertTrue(ram.resident < RAM, ram::toString);
    }
  }

  /** Only root can reserve huge pages: for others this is the refusal that they get. */
  @Test
  void shouldBeOfHugePagesFromTheStart_orRefused() throws IOException {
    String before = Files.readString(RESERVED).trim();
    boolean reserved = reserve(Long.toString(Long.parseLong(before) + HUGE / (2 << 20)));
    try (GuestMemory memory = map(new RamSpec(HUGE, false, true, true, false))) {
      Backing ram = Backing.of(memory);

      assertTrue(ram.flags.contains("ht"), ram::toString);
      assertEquals(HUGE, ram.hugeResident);
    } catch (NativeException e) {
      assertFalse(reserved, e::getMessage);
      assertTrue(e.getMessage().contains("ENOMEM"), e::getMessage);
    } finally {
      reserve(before);
    }
  }

  @Test
  void shouldBeRefused_whenThereAreNotThatManyHugePages() {
    NativeException e =
        assertThrows(
            NativeException.class, () -> map(new RamSpec(1L << 40, false, true, true, false)));

    assertTrue(e.getMessage().contains("ENOMEM"), e::getMessage);
  }

  private static GuestMemory map(RamSpec spec) {
    return GuestRam.map(spec, HOLE);
  }

  /** Whether as many huge pages are set aside. */
  private static boolean reserve(String pages) throws IOException {
    try {
      Files.writeString(RESERVED, pages);
    } catch (IOException e) {
      return false;
    }
    return Files.readString(RESERVED).trim().equals(pages);
  }

  /** What smaps says of the mapping that RAM begins with; sizes in bytes. */
  private record Backing(
      String name, long size, long resident, long hugeResident, List<String> flags) {
    static Backing of(GuestMemory memory) throws IOException {
      String address = Long.toHexString(memory.hva(0, 1));
      // Mapped files can have names that are no UTF-8.
      String all = Files.readString(Path.of("/proc/self/smaps"), StandardCharsets.ISO_8859_1);
      Matcher found =
          Pattern.compile("(?m)^0*" + address + "-\\S+ \\S+ \\S+ \\S+ \\d+ *(.*)$").matcher(all);
      assertTrue(found.find(), address);
      String entry = all.substring(found.end());
      return new Backing(
          found.group(1),
          bytes(entry, "Size"),
          bytes(entry, "Rss"),
          bytes(entry, "Private_Hugetlb") + bytes(entry, "Shared_Hugetlb"),
          List.of(field(entry, "VmFlags").split(" ")));
    }

    private static long bytes(String entry, String field) {
      return Long.parseLong(field(entry, field).replace(" kB", "")) << 10;
    }

    private static String field(String entry, String name) {
      Matcher found = Pattern.compile("(?m)^" + name + ": *(.*?) *$").matcher(entry);
      assertTrue(found.find(), name);
      return found.group(1);
    }
  }
}
