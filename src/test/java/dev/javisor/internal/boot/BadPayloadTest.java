package dev.javisor.internal.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.sys.Fd;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said about kernels, initramfs and command lines that cannot be booted. */
class BadPayloadTest {
  private static final long MIB = 1L << 20;
  private static final byte[] TEXT = new byte[64];

  @ParameterizedTest
  @CsvSource({
    "1f8b0800, gzip",
    "fd377a585a00, xz",
    "28b52ffd, Zstandard",
    "04224d18, LZ4",
    "425a6839, bzip2",
    "213c617263683e0a, package",
    "303730373031, cpio",
    "514649fb, qcow2",
    "23212f62696e2f7368, script",
    "4d5a9000, PE",
    "504b0304, zip",
    "00112233445566778899, starts with the bytes 0011223344556677",
    "00, starts with the bytes 00",
  })
  void shouldNameWhatItIs_whenFileIsNoKernel(String start, String name) {
    String message = refuse(HexFormat.of().parseHex(start));

    assertTrue(message.startsWith("not a kernel, but "), message);
    assertTrue(message.contains(name), message);
  }

  @ParameterizedTest
  @CsvSource({"ARMd, AArch64", "'RSC\u0005', RISC-V"})
  void shouldNameTheMachine_whenKernelIsForAnother(String magic, String machine) {
    byte[] image = new byte[4096];
    image[0] = 'M';
    image[1] = 'Z';
    System.arraycopy(magic.getBytes(StandardCharsets.US_ASCII), 0, image, 0x38, 4);

    assertTrue(refuse(image).contains(machine));
  }

  @Test
  void shouldSaySo_whenFileIsEmpty() {
    assertEquals("the file is empty: pass the vmlinux or bzImage", refuse(new byte[0]));
  }

  @Test
  void shouldAskForPvh_whenElfHasNoNote() {
    byte[] elf = new TestElf().segment(MIB, TEXT, 64).build();

    assertTrue(refuse(elf).contains("CONFIG_PVH=y"));
  }

  @Test
  void shouldNotTakeAnotherNoteForPvh() {
    byte[] elf =
        new TestElf()
            .segment(MIB, TEXT, 64)
            .notes(
                4,
                TestElf.note("GNU", 18, new byte[8], 4),
                TestElf.note("Xen", 17, new byte[8], 4),
                TestElf.note("Xen", 18, new byte[3], 4))
            .build();

    assertTrue(refuse(elf).contains("without a PVH note"));
  }

  @ParameterizedTest
  @CsvSource({"183, AArch64", "243, RISC-V", "22, S/390", "8, e_machine 8"})
  void shouldNameTheMachine_whenElfIsForAnother(int machine, String name) {
    byte[] elf = new TestElf().machine(machine).segment(MIB, TEXT, 64).pvhEntry(MIB).build();

    assertTrue(refuse(elf).contains("another machine (" + name + ")"));
  }

  @ParameterizedTest
  @CsvSource({
    "4, 1, 32-bit",
    "5, 2, big-endian",
    "16, 1, kernel module",
    "54, 57, damaged",
    "56, 0, nothing to load"
  })
  void shouldSayWhatIsWrong_whenElfHeaderIs(int offset, int value, String message) {
    byte[] elf = elf();
    elf[offset] = (byte) value;

    assertTrue(refuse(elf).contains(message), refuse(elf));
  }

  @Test
  void shouldBoundProgramHeaders_whenHeaderClaimsThousands() {
    ByteBuffer elf = ByteBuffer.wrap(elf()).order(ByteOrder.LITTLE_ENDIAN);
    elf.putShort(56, (short) 0xffff);

    assertTrue(refuse(elf.array()).contains("65535 program headers"));
  }

  @ParameterizedTest
  @CsvSource({
    "10, the ELF header",
    "63, the ELF header",
    "100, the program header table",
    "190, the notes of program header 0",
    "250, segment 1"
  })
  void shouldSayWhereItBreaksOff_whenElfIsTruncated(int length, String piece) {
    byte[] elf = new TestElf().pvhEntry(MIB).segment(MIB, TEXT, 64).build();

    String message = refuse(Arrays.copyOf(elf, length));

    assertTrue(message.startsWith("the file is truncated: it has 0x"), message);
    assertTrue(message.contains("and " + piece + " needs"), message);
  }

  @Test
  void shouldRefuse_whenElfSegmentsOverlap() {
    byte[] elf =
        new TestElf().segment(2 * MIB, TEXT, MIB).segment(MIB, TEXT, MIB + 1).pvhEntry(MIB).build();

    assertTrue(refuse(elf).contains("0x100000-0x200000 and 0x200000-0x2fffff overlap"));
  }

  @Test
  void shouldAccept_whenElfSegmentsTouch() {
    byte[] elf =
        new TestElf().segment(2 * MIB, TEXT, MIB).segment(MIB, TEXT, MIB).pvhEntry(MIB).build();

    assertEquals(List.of(), check(elf, 16 * MIB));
  }

  @Test
  void shouldRefuse_whenElfSegmentIsLargerInTheFileThanInMemory() {
    assertTrue(
        refuse(new TestElf().segment(MIB, TEXT, 63).pvhEntry(MIB).build())
            .contains("0x40 bytes in the file, 0x3f in memory"));
  }

  @ParameterizedTest
  @CsvSource({"-1, 4096", "0x7ffffffffffff000, 8192", "1048576, -1", "1048576, 0x7fffffffffffffff"})
  void shouldRefuse_whenElfSegmentIsOutsideTheAddressSpace(String gpa, String bytes) {
    byte[] elf =
        new TestElf().segment(Long.decode(gpa), TEXT, Long.decode(bytes)).pvhEntry(MIB).build();

    assertTrue(refuse(elf).contains("outside any RAM"), refuse(elf));
  }

  @Test
  void shouldRefuse_whenEntryIsInNoSegment() {
    assertTrue(
        refuse(new TestElf().segment(MIB, TEXT, 64).pvhEntry(MIB + 64).build())
            .contains("entry point 0x100040 is in none of its segments"));
  }

  @Test
  void shouldSayHowMuchRamIsNeeded_whenKernelEndsBehindIt() {
    byte[] elf = new TestElf().segment(100 * MIB, TEXT, 10 * MIB).pvhEntry(100 * MIB).build();

    assertEquals(
        List.of(
            "KERNEL: the kernel needs the RAM at 0x6400000-0x6dfffff, and the guest has 64 MiB:"
                + " give it 110 MiB or more"),
        check(elf, 64 * MIB));
    assertEquals(List.of(), check(elf, 110 * MIB));
  }

  @Test
  void shouldRefuse_whenKernelWantsToBeInTheHole() {
    long hole = 0xc000_0000L;
    byte[] elf = new TestElf().segment(hole - 16, TEXT, 64).pvhEntry(hole - 16).build();

    assertTrue(check(elf, 8L << 30).get(0).contains("where the guest has no RAM"));
  }

  @ParameterizedTest
  @CsvSource({"0", "0x500", "0x7000", "0x2ffff", "0x9ffff", "0xf0000"})
  void shouldRefuse_whenKernelWantsToBeWhereBootStructuresAre(String gpa) {
    byte[] elf =
        new TestElf().segment(Long.decode(gpa), TEXT, 64).pvhEntry(Long.decode(gpa)).build();

    assertTrue(check(elf, 16 * MIB).get(0).contains("where the boot structures are"));
  }

  @ParameterizedTest
  @CsvSource({"0x30000", "0x9ffc0", "0x100000"})
  void shouldAccept_whenKernelIsBesideBootStructures(String gpa) {
    byte[] elf =
        new TestElf().segment(Long.decode(gpa), TEXT, 64).pvhEntry(Long.decode(gpa)).build();

    assertEquals(List.of(), check(elf, 16 * MIB));
  }

  @ParameterizedTest
  @CsvSource({
    "0x206, 0x0209, boot protocol 2.09",
    "0x211, 0x0000, zImage",
    "0x201, 0x4840, setup header ends",
    "0x201, 0x48ff, setup header ends",
    "0x1f4, 0x0000, no protected-mode code",
    "0x1f4, 0x0020, truncated",
    "0x1f1, 0x0040, truncated",
    "0x230, 0x0003, alignment",
    "0x230, 0x0000, alignment",
    "0x25c, 0x0001, preferred address",
    "0x262, 0x0000, init_size 0",
  })
  void shouldSayWhatIsWrong_whenBzImageHas(String offset, String value, String message) {
    byte[] code = new byte[256];
    byte[] kernel =
        new TestBzImage(code)
            .putInt(TestBzImage.INIT_SIZE, 1 << 16)
            .putShort(Integer.decode(offset), Integer.decode(value))
            .build();
    if (offset.equals("0x230")) {
      kernel[0x232] = 0;
    }

    assertTrue(refuse(kernel).contains(message), refuse(kernel));
  }

  @Test
  void shouldSayWhereItBreaksOff_whenBzImageIsTruncated() {
    byte[] kernel = new TestBzImage(new byte[4096]).build();

    assertTrue(refuse(Arrays.copyOf(kernel, 0x230)).contains("the setup header needs"));
    assertTrue(
        refuse(Arrays.copyOf(kernel, kernel.length - 16)).contains("the protected-mode code"));
  }

  @Test
  void shouldAccept_whenLastParagraphIsNotWhole() {
    byte[] kernel = new TestBzImage(new byte[4096]).build();

    assertEquals(List.of(), check(Arrays.copyOf(kernel, kernel.length - 15), 64 * MIB));
  }

  @Test
  void shouldCountTheRoomForUnpacking_whenKernelIsABzImage() {
    byte[] kernel = new TestBzImage(new byte[4096]).build();

    assertEquals(
        List.of(
            "KERNEL: the kernel needs the RAM at 0x1000000-0x17fffff, and the guest has 16 MiB:"
                + " give it 24 MiB or more"),
        check(kernel, 16 * MIB));
    assertEquals(List.of(), check(kernel, 24 * MIB));
  }

  @Test
  void shouldRefuse_whenInitramfsDoesNotFit() {
    try (Fd initramfs = TestFile.ofSize(8 * MIB + 1)) {
      assertEquals(
          List.of(
              "INITRAMFS: its 0x800001 bytes do not fit between the kernel's end (0x900000) and the"
                  + " end of the RAM where the kernel looks for it (0x1100000): give the guest 18"
                  + " MiB or more"),
          check(bigElf(), "", Optional.of(initramfs), 17 * MIB));
      assertEquals(List.of(), check(bigElf(), "", Optional.of(initramfs), 18 * MIB));
    }
  }

  @Test
  void shouldNotAskForMoreRam_whenThatWouldNotHelp() {
    try (Fd initramfs = TestFile.ofSize(Long.MAX_VALUE)) {
      List<String> mistakes = check(bigElf(), "", Optional.of(initramfs), 512 * MIB);

      assertTrue(mistakes.get(0).endsWith("make it smaller"), mistakes.get(0));
    }
  }

  @Test
  void shouldLimitTheCommandLine_whenKernelIsLinux() {
    byte[] linux =
        new TestElf()
            .segment(MIB, TEXT, 64)
            .notes(4, TestElf.note("Linux", 0x101, new byte[4], 4), TestElf.pvhNote(MIB))
            .build();

    assertEquals(List.of(), check(linux, "x".repeat(2047), Optional.empty(), 16 * MIB));
    assertEquals(
        List.of("CMDLINE: 2048 bytes long; this kernel reads 2047 at most"),
        check(linux, "x".repeat(2048), Optional.empty(), 16 * MIB));
  }

  @Test
  void shouldLimitTheCommandLine_whenBzImageSaysHowMuch() {
    byte[] kernel = new TestBzImage(new byte[64]).putInt(TestBzImage.CMDLINE_SIZE, 255).build();

    assertEquals(List.of(), check(kernel, "x".repeat(255), Optional.empty(), 64 * MIB));
    assertEquals(
        List.of("CMDLINE: 256 bytes long; this kernel reads 255 at most"),
        check(kernel, "x".repeat(256), Optional.empty(), 64 * MIB));
  }

  @Test
  void shouldLimitTheCommandLineToItsRoom_whenKernelHasNoLimit() {
    byte[] hungry = new TestBzImage(new byte[64]).putInt(TestBzImage.CMDLINE_SIZE, -1).build();

    for (byte[] kernel : List.of(elf(), hungry)) {
      assertEquals(List.of(), check(kernel, "x".repeat(65535), Optional.empty(), 64 * MIB));
      assertEquals(1, check(kernel, "x".repeat(65536), Optional.empty(), 64 * MIB).size());
    }
  }

  @Test
  void shouldRefuse_whenCommandLineHasNul() {
    assertEquals(
        List.of("CMDLINE: the character at index 5 is NUL, where it ends"),
        check(elf(), "quiet\0ro", Optional.empty(), 16 * MIB));
  }

  @Test
  void shouldReportAllAtOnce_whenEverythingIsWrong() {
    try (Fd initramfs = TestFile.ofSize(1L << 40)) {
      byte[] elf = new TestElf().segment(20 * MIB, TEXT, 64).pvhEntry(20 * MIB).build();

      List<String> mistakes = check(elf, "\0", Optional.of(initramfs), 16 * MIB);

      assertEquals(
          List.of("KERNEL", "CMDLINE", "INITRAMFS"),
          mistakes.stream().map(m -> m.substring(0, m.indexOf(':'))).toList());
    }
  }

  private static byte[] elf() {
    return new TestElf().segment(MIB, TEXT, 64).pvhEntry(MIB).build();
  }

  private static byte[] bigElf() {
    return new TestElf().segment(MIB, TEXT, 8 * MIB).pvhEntry(MIB).build();
  }

  private static String refuse(byte[] kernel) {
    try (Fd file = TestFile.of(kernel)) {
      PayloadException e =
          assertThrows(PayloadException.class, () -> KernelImage.read(file).entry());
      assertEquals(PayloadPart.KERNEL, e.part());
      return e.getMessage();
    }
  }

  private static List<String> check(byte[] kernel, long ramBytes) {
    return check(kernel, "", Optional.empty(), ramBytes);
  }

  private static List<String> check(
      byte[] kernel, String cmdline, Optional<Fd> initramfs, long ramBytes) {
    try (Fd file = TestFile.of(kernel)) {
      BootParameters parameters = new BootParameters(cmdline, initramfs, 0, false);
      return KernelLoader.check(KernelImage.read(file), parameters, ramBytes).stream()
          .map(e -> e.part() + ": " + e.getMessage())
          .toList();
    }
  }
}
