package dev.javisor.internal.boot;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.x86.PlatformLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Reads the headers of an ELF kernel.
 *
 * <p>Source: ELF-64 Object File Format 1.5, "ELF Header", "Program Header Table", "Notes"; Xen
 * docs/misc/pvh.pandoc.
 */
final class ElfParser {
  private static final int EHDR_SIZE = 64;
  private static final int EI_CLASS = 4;
  private static final int EI_DATA = 5;
  private static final int E_TYPE = 16;
  private static final int E_MACHINE = 18;
  private static final int E_PHOFF = 32;
  private static final int E_PHENTSIZE = 54;
  private static final int E_PHNUM = 56;
  private static final int ELFCLASS64 = 2;
  private static final int ELFDATA2LSB = 1;
  private static final int ET_EXEC = 2;
  private static final int ET_DYN = 3;
  private static final int EM_386 = 3;
  private static final int EM_X86_64 = 62;

  private static final int PHDR_SIZE = 56;
  private static final int P_TYPE = 0;
  private static final int P_OFFSET = 8;
  private static final int P_PADDR = 24;
  private static final int P_FILESZ = 32;
  private static final int P_MEMSZ = 40;
  private static final int P_ALIGN = 48;
  private static final int PT_LOAD = 1;
  private static final int PT_NOTE = 4;

  /** A Linux kernel has five; a bound keeps a damaged header from costing time. */
  private static final int MAX_PROGRAM_HEADERS = 128;

  /** Linux x86: COMMAND_LINE_SIZE. What is longer it cuts without a word. */
  private static final int LINUX_CMDLINE_LIMIT = 2047;

  private final KernelFile file;
  private final List<ElfSegment> segments = new ArrayList<>();
  private final ElfNotes notes = new ElfNotes();

  private ElfParser(KernelFile file) {
    this.file = file;
  }

  static ElfKernel parse(KernelFile file) {
    return new ElfParser(file).parse();
  }

  private ElfKernel parse() {
    ByteBuffer header = file.read(0, EHDR_SIZE, "the ELF header");
    checkKind(header);
    int count = Short.toUnsignedInt(header.getShort(E_PHNUM));
    if (count == 0) {
      throw PayloadException.kernel(
          "an ELF file without program headers: it has nothing to load; pass the linked vmlinux");
    }
    int entrySize = Short.toUnsignedInt(header.getShort(E_PHENTSIZE));
    if (entrySize != PHDR_SIZE || count > MAX_PROGRAM_HEADERS) {
      throw PayloadException.kernel(
          "a damaged ELF file: %d program headers of %d bytes (expected up to %d of %d)",
          count, entrySize, MAX_PROGRAM_HEADERS, PHDR_SIZE);
    }
    int tableSize = count * PHDR_SIZE;
    ByteBuffer table = file.read(header.getLong(E_PHOFF), tableSize, "the program header table");
    for (int i = 0; i < count; i++) {
      ByteBuffer programHeader = table.slice(i * PHDR_SIZE, PHDR_SIZE).order(table.order());
      readProgramHeader(i, programHeader);
    }
    checkOverlap();
    return new ElfKernel(file.fd(), checkedEntry(), cmdlineLimit(), List.copyOf(segments));
  }

  private static void checkKind(ByteBuffer header) {
    int type = Short.toUnsignedInt(header.getShort(E_TYPE));
    int machine = Short.toUnsignedInt(header.getShort(E_MACHINE));
    if (header.get(EI_DATA) != ELFDATA2LSB) {
      throw PayloadException.kernel(
          "a big-endian ELF file, for another machine: pass an x86-64 kernel");
    }
    // CLOUDHV.fd is an ELF64 file that says EM_386.
    if (machine != EM_X86_64 && machine != EM_386) {
      throw PayloadException.kernel(
          "an ELF file for another machine (%s): pass an x86-64 kernel", machineName(machine));
    }
    if (header.get(EI_CLASS) != ELFCLASS64) {
      throw PayloadException.kernel("a 32-bit ELF file: pass an x86-64 kernel");
    }
    if (type != ET_EXEC && type != ET_DYN) {
      throw PayloadException.kernel(
          "an ELF file that cannot be run (e_type %d), such as a kernel module or a core dump:"
              + " pass the vmlinux or bzImage",
          type);
    }
  }

  private static String machineName(int machine) {
    return switch (machine) {
      case 20, 21 -> "PowerPC";
      case 22 -> "S/390";
      case 40 -> "ARM";
      case 183 -> "AArch64";
      case 243 -> "RISC-V";
      case 258 -> "LoongArch";
      default -> "e_machine " + machine;
    };
  }

  private void readProgramHeader(int index, ByteBuffer header) {
    int type = header.getInt(P_TYPE);
    long fileOffset = header.getLong(P_OFFSET);
    long fileBytes = header.getLong(P_FILESZ);
    if (type == PT_LOAD) {
      readSegment(index, header, fileOffset, fileBytes);
    } else if (type == PT_NOTE) {
      if (fileBytes < 0 || fileBytes > ElfNotes.MAX_BYTES) {
        throw PayloadException.kernel(
            "a damaged ELF file: notes of 0x%x bytes (program header %d)", fileBytes, index);
      }
      notes.add(
          file.read(fileOffset, (int) fileBytes, "the notes of program header " + index),
          header.getLong(P_ALIGN));
    }
  }

  private void readSegment(int index, ByteBuffer header, long fileOffset, long fileBytes) {
    long gpa = header.getLong(P_PADDR);
    long bytes = header.getLong(P_MEMSZ);
    if (bytes == 0 && fileBytes == 0) {
      return;
    }
    if (gpa < 0 || bytes < 0 || gpa + bytes < 0) {
      throw PayloadException.kernel(
          "a damaged ELF file: segment %d at 0x%x with 0x%x bytes is outside any RAM",
          index, gpa, bytes);
    }
    if (fileBytes < 0 || fileBytes > bytes) {
      throw PayloadException.kernel(
          "a damaged ELF file: segment %d has 0x%x bytes in the file, 0x%x in memory",
          index, fileBytes, bytes);
    }
    if (!file.contains(fileOffset, fileBytes)) {
      throw file.truncated("segment " + index, fileOffset, fileBytes);
    }
    segments.add(new ElfSegment(new AddressRange(gpa, bytes), fileOffset, fileBytes));
  }

  private void checkOverlap() {
    segments.sort(Comparator.comparingLong(segment -> segment.range().base()));
    for (int i = 1; i < segments.size(); i++) {
      AddressRange lower = segments.get(i - 1).range();
      AddressRange upper = segments.get(i).range();
      if (lower.overlaps(upper)) {
        throw PayloadException.kernel(
            "a damaged ELF file: its segments at %s and %s overlap", lower, upper);
      }
    }
  }

  private long checkedEntry() {
    long entry =
        notes
            .pvhEntry()
            .orElseThrow(
                () ->
                    PayloadException.kernel(
                        "an ELF file without a PVH note (XEN_ELFNOTE_PHYS32_ENTRY): pass a vmlinux"
                            + " built with CONFIG_PVH=y, or the bzImage"));
    if (segments.stream().noneMatch(segment -> segment.range().contains(entry))) {
      throw PayloadException.kernel(
          "a damaged ELF file: its PVH entry point 0x%x is in none of its segments", entry);
    }
    return entry;
  }

  private int cmdlineLimit() {
    return notes.linux() ? LINUX_CMDLINE_LIMIT : PlatformLayout.CMDLINE_SIZE - 1;
  }
}
