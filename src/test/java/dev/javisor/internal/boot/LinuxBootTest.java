package dev.javisor.internal.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.x86.BootRegisters;
import dev.javisor.internal.x86.PlatformLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reads guest RAM back as a Linux kernel does that was entered by the 32-bit boot protocol. */
class LinuxBootTest {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final byte[] CODE = new byte[5000];

  static {
    new Random(2).nextBytes(CODE);
  }

  @Test
  void shouldLoadTheCodeAt1MiB_whenKernelIsABzImage() {
    try (GuestMemory memory = ram(64 * MIB)) {
      BootRegisters registers = load(kernel().build(), "", Optional.empty(), memory);

      assertEquals(0x10_0000, registers.rip());
      assertArrayEquals(CODE, bytes(memory, 0x10_0000, CODE.length));
    }
  }

  @Test
  void shouldFindTheSetupHeaderInTheZeroPage_whenKernelFollowsRsi() {
    byte[] kernel = kernel().build();
    try (GuestMemory memory = ram(64 * MIB)) {
      long page = load(kernel, "quiet ro", Optional.empty(), memory).rsi();

      assertEquals(0xff, memory.readByte(page + 0x210) & 0xff, "type_of_loader");
      assertEquals(0x20000, memory.readInt(page + 0x228), "cmd_line_ptr");
      assertEquals("quiet ro\0", new String(bytes(memory, 0x20000, 9), StandardCharsets.US_ASCII));
      assertEquals(PlatformLayout.RSDP, memory.readLong(page + 0x70), "acpi_rsdp_addr");
      assertEquals(0, memory.readInt(page + 0x218), "ramdisk_image");
      assertEquals(0, memory.readInt(page + 0x21c), "ramdisk_size");
      byte[] header = bytes(memory, page + 0x230, 0x26c - 0x230);
      byte[] inFile = new byte[header.length];
      System.arraycopy(kernel, 0x230, inFile, 0, inFile.length);
      assertArrayEquals(inFile, header, "the rest of the setup header");
    }
  }

  @Test
  void shouldKeepTheRestOfTheZeroPageZero_whenFileHasOtherThingsThere() {
    byte[] kernel = kernel().putByte(0x1ef, 0xff).putInt(0x26c, -1).putLong(0x70, -1).build();
    try (GuestMemory memory = ram(64 * MIB)) {
      long page = load(kernel, "", Optional.empty(), memory).rsi();

      assertEquals(0, memory.readByte(page + 0x1ef), "sentinel");
      assertEquals(0, memory.readInt(page + 0x26c), "behind the setup header");
      assertEquals(PlatformLayout.RSDP, memory.readLong(page + 0x70), "acpi_rsdp_addr");
    }
  }

  @Test
  void shouldTellAllRam_whenKernelReadsE820() {
    try (GuestMemory memory = ram(4 * GIB)) {
      long page = load(kernel().build(), "", Optional.empty(), memory).rsi();

      List<String> entries = new ArrayList<>();
      for (int i = 0; i < memory.readByte(page + 0x1e8); i++) {
        long at = page + 0x2d0 + 20L * i;
        entries.add(
            "0x%x+0x%x type %d"
                .formatted(memory.readLong(at), memory.readLong(at + 8), memory.readInt(at + 16)));
      }
      assertEquals(
          List.of(
              "0x0+0xa0000 type 1", "0x100000+0xbff00000 type 1", "0x100000000+0x40000000 type 1"),
          entries);
    }
  }

  @Test
  void shouldKeepInitramfsWhereKernelLooks_whenRamIsLarger() {
    byte[] initramfs = {1, 2, 3};
    try (GuestMemory memory = ram(3 * GIB);
        Fd file = TestFile.of(initramfs)) {
      long page = load(kernel().build(), "", Optional.of(file), memory).rsi();

      assertEquals(0x7fff_f000, memory.readInt(page + 0x218), "ramdisk_image");
      assertEquals(3, memory.readInt(page + 0x21c), "ramdisk_size");
      assertArrayEquals(initramfs, bytes(memory, 0x7fff_f000L, 3));
    }
  }

  @Test
  void shouldReadFourSetupSectors_whenHeaderSaysZero() {
    byte[] old =
        kernel().putByte(TestBzImage.SETUP_SECTS, 0).putInt(TestBzImage.SYSSIZE, 100).build();
    try (GuestMemory memory = ram(64 * MIB)) {
      load(old, "", Optional.empty(), memory);

      byte[] expected = new byte[1600];
      System.arraycopy(old, 5 * 512, expected, 0, expected.length);
      assertArrayEquals(expected, bytes(memory, 0x10_0000, expected.length));
    }
  }

  private static TestBzImage kernel() {
    return new TestBzImage(CODE);
  }

  private static GuestMemory ram(long bytes) {
    return GuestRam.map(
        new RamSpec(bytes, false, false, true, false), PlatformLayout.PCI_MMIO_32.base());
  }

  private static BootRegisters load(
      byte[] kernel, String cmdline, Optional<Fd> initramfs, GuestMemory memory) {
    try (Fd file = TestFile.of(kernel)) {
      BootParameters parameters =
          new BootParameters(cmdline, initramfs, PlatformLayout.RSDP, false);
      return KernelLoader.load(KernelImage.read(file), parameters, memory);
    }
  }

  private static byte[] bytes(GuestMemory memory, long gpa, int length) {
    byte[] bytes = new byte[length];
    memory.read(gpa, bytes, 0, length);
    return bytes;
  }
}
