package dev.javisor.testing.microguest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;

/** Writes an ELF kernel with a PVH note. */
final class MicroElf {
  private static final int HEADER = 64;
  private static final int PROGRAM_HEADER = 56;
  private static final int PT_LOAD = 1;
  private static final int PT_NOTE = 4;
  private static final int EM_X86_64 = 62;
  private static final int XEN_ELFNOTE_PHYS32_ENTRY = 18;

  private MicroElf() {}

  /**
   * Writes it.
   *
   * @param segments what to load, by gpa
   */
  static byte[] write(SortedMap<Long, byte[]> segments, long entry) {
    byte[] note = note(entry);
    int at = HEADER + (segments.size() + 1) * PROGRAM_HEADER;
    int size = at + note.length + segments.values().stream().mapToInt(s -> s.length).sum();
    ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    file.putShort(16, (short) 2).putShort(18, (short) EM_X86_64).putInt(20, 1);
    file.putLong(24, entry).putLong(32, HEADER).putShort(52, (short) HEADER);
    file.putShort(54, (short) PROGRAM_HEADER).putShort(56, (short) (segments.size() + 1));
    int header = HEADER;
    programHeader(file, header, PT_NOTE, at, 0, note);
    at += note.length;
    for (Map.Entry<Long, byte[]> segment : segments.entrySet()) {
      header += PROGRAM_HEADER;
      programHeader(file, header, PT_LOAD, at, segment.getKey(), segment.getValue());
      at += segment.getValue().length;
    }
    return file.array();
  }

  private static void programHeader(
      ByteBuffer file, int header, int type, int at, long gpa, byte[] bytes) {
    file.putInt(header, type).putInt(header + 4, 7).putLong(header + 8, at);
    file.putLong(header + 16, gpa).putLong(header + 24, gpa);
    file.putLong(header + 32, bytes.length).putLong(header + 40, bytes.length);
    file.putLong(header + 48, type == PT_NOTE ? 4 : 4096);
    file.put(at, bytes);
  }

  private static byte[] note(long entry) {
    byte[] name = "Xen\0".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer note = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    note.putInt(name.length).putInt(Long.BYTES).putInt(XEN_ELFNOTE_PHYS32_ENTRY);
    return note.put(name).putLong(entry).array();
  }
}
