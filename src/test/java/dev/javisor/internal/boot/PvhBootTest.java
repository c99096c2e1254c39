package dev.javisor.internal.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.x86.BootRegisters;
import dev.javisor.internal.x86.PlatformLayout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads guest RAM back as a kernel does that was entered by the PVH protocol. */
class PvhBootTest {
  private static final long MIB = 1L << 20;
  private static final long RAM = 64 * MIB;
  private static final byte[] TEXT = {1, 2, 3, 4, 5};
  private static final byte[] DATA = {6, 7, 8};

  @TempDir Path folder;
  private GuestMemory memory =
      GuestRam.map(new RamSpec(RAM, false, false, true, false), PlatformLayout.PCI_MMIO_32.base());

  @AfterEach
  void close() {
    memory.close();
  }

  @Test
  void shouldLoadSegmentsWhereTheyBelong_whenKernelIsElf() throws IOException {
    BootRegisters registers = load(elf(), "", Optional.empty(), false);

    assertArrayEquals(TEXT, bytes(0x100_0000, TEXT.length));
    assertArrayEquals(DATA, bytes(0x120_0000, DATA.length));
    assertEquals(0, memory.readByte(0x120_0000 + DATA.length));
    assertEquals(0x100_0002, registers.rip());
    assertEquals(PlatformLayout.PVH_START_INFO, registers.rbx());
  }

  @Test
  void shouldFindStartInfo_whenKernelFollowsRbx() throws IOException {
    long info = load(elf(), "console=ttyS0", Optional.empty(), false).rbx();

    assertEquals(0x336ec578, memory.readInt(info));
    assertEquals(1, memory.readInt(info + 4));
    assertEquals(0, memory.readInt(info + 12));
    assertEquals(0, memory.readLong(info + 16));
    assertEquals("console=ttyS0", text(memory.readLong(info + 24)));
    assertEquals(PlatformLayout.RSDP, memory.readLong(info + 32));
    assertEquals(0xa000, memory.readShort(0x40e) & 0xffff);
  }

  @Test
  void shouldTellAllRam_whenKernelReadsTheMemoryMap() throws IOException {
    long info = load(elf(), "", Optional.empty(), true).rbx();

    assertEquals(
        List.of("0x0+0xa0000 type 1", "0x100000+0x3f00000 type 1", "0xe8000000+0x10000000 type 2"),
        memoryMap(info));
  }

  @Test
  void shouldTellNoEcam_whenThereIsNone() throws IOException {
    long info = load(elf(), "", Optional.empty(), false).rbx();

    assertEquals(List.of("0x0+0xa0000 type 1", "0x100000+0x3f00000 type 1"), memoryMap(info));
  }

  @Test
  void shouldFindInitramfsAtTheTopOfRam_whenThereIsOne() throws IOException {
    byte[] initramfs = "070701 not quite a cpio archive".getBytes(StandardCharsets.US_ASCII);
    Path file = Files.write(folder.resolve("initramfs"), initramfs);

    long info = load(elf(), "", Optional.of(file), false).rbx();

    assertEquals(1, memory.readInt(info + 12));
    long modules = memory.readLong(info + 16);
    long gpa = memory.readLong(modules);
    assertEquals(RAM - 4096, gpa);
    assertEquals(initramfs.length, memory.readLong(modules + 8));
    assertEquals(0, memory.readLong(modules + 16));
    assertArrayEquals(initramfs, bytes(gpa, initramfs.length));
  }

  @Test
  void shouldWriteTheDescriptorTables_whenRegistersPointToThem() throws IOException {
    BootRegisters registers = load(elf(), "", Optional.empty(), false);

    assertEquals(0, memory.readLong(0x500));
    assertEquals(
        registers.code().descriptor(), memory.readLong(0x500 + registers.code().selector()));
    assertEquals(
        registers.data().descriptor(), memory.readLong(0x500 + registers.data().selector()));
    assertEquals(
        registers.task().descriptor(), memory.readLong(0x500 + registers.task().selector()));
  }

  @Test
  void shouldLeaveTheSameRam_whenLoadedAgainAfterReset() throws IOException {
    load(elf(), "first second third", Optional.empty(), false);
    byte[] first = bytes(0, (int) (32 * MIB));
    memory.writeLong(0x100_0000, -1);
    memory.writeLong(PlatformLayout.PVH_START_INFO, -1);
    memory.writeLong(PlatformLayout.CMDLINE + 100, -1);

    memory.discard();
    load(elf(), "first second third", Optional.empty(), false);

    assertArrayEquals(first, bytes(0, (int) (32 * MIB)));
  }

  @Test
  void shouldTakeEntry_whenFirmwareIsMarkedAs386() throws IOException {
    byte[] firmware =
        new TestElf().machine(3).segment(MIB, TEXT, 4 * MIB).pvhEntry(0x4f_ffd0).build();

    BootRegisters registers = load(firmware, "", Optional.empty(), false);

    assertEquals(0x4f_ffd0, registers.rip());
    assertArrayEquals(TEXT, bytes(MIB, TEXT.length));
  }

  private static byte[] elf() {
    return new TestElf()
        .segment(0x100_0000, TEXT, TEXT.length)
        .segment(0x120_0000, DATA, 0x1000)
        .pvhEntry(0x100_0002)
        .build();
  }

  private BootRegisters load(byte[] kernel, String cmdline, Optional<Path> initramfs, boolean ecam)
      throws IOException {
    Path file = Files.write(folder.resolve("kernel"), kernel);
    Optional<Fd> initramfsFd = initramfs.map(path -> Fd.open(path, Fd.O_RDONLY));
    try (Fd fd = Fd.open(file, Fd.O_RDONLY)) {
      return KernelLoader.load(
          KernelImage.read(fd),
          new BootParameters(cmdline, initramfsFd, PlatformLayout.RSDP, ecam),
          memory);
    } finally {
      initramfsFd.ifPresent(Fd::close);
    }
  }

  private List<String> memoryMap(long info) {
    List<String> entries = new ArrayList<>();
    long at = memory.readLong(info + 40);
    for (int i = 0; i < memory.readInt(info + 48); i++, at += 24) {
      entries.add(
          "0x%x+0x%x type %d"
              .formatted(memory.readLong(at), memory.readLong(at + 8), memory.readInt(at + 16)));
    }
    return entries;
  }

  private String text(long gpa) {
    StringBuilder text = new StringBuilder();
    for (byte b = memory.readByte(gpa); b != 0; b = memory.readByte(++gpa)) {
      text.append((char) b);
    }
    return text.toString();
  }

  private byte[] bytes(long gpa, int length) {
    byte[] bytes = new byte[length];
    memory.read(gpa, bytes, 0, length);
    return bytes;
  }
}
