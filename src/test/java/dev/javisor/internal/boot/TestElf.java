package dev.javisor.internal.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Builds ELF kernels for tests: each segment's bytes follow the headers. */
final class TestElf {
  static final int HEADER_SIZE = 64;
  static final int PROGRAM_HEADER_SIZE = 56;
  static final int PT_LOAD = 1;
  static final int PT_NOTE = 4;

  private record Part(int type, long gpa, byte[] bytes, long memorySize, long alignment) {}

  private final List<Part> parts = new ArrayList<>();
  private int machine = 62;

  TestElf machine(int value) {
    machine = value;
    return this;
  }

  TestElf segment(long gpa, byte[] bytes, long memorySize) {
    parts.add(new Part(PT_LOAD, gpa, bytes, memorySize, 4096));
    return this;
  }

  TestElf notes(long alignment, byte[]... notes) {
    int size = 0;
    for (byte[] note : notes) {
      size += note.length;
    }
    ByteBuffer all = ByteBuffer.allocate(size);
    for (byte[] note : notes) {
      all.put(note);
    }
    parts.add(new Part(PT_NOTE, 0, all.array(), size, alignment));
    return this;
  }

  TestElf pvhEntry(long entry) {
    return notes(4, pvhNote(entry));
  }

  static byte[] pvhNote(long entry) {
    return note("Xen", 18, little(8).putLong(entry).array(), 4);
  }

  /** A note with name and content padded to the alignment. */
  static byte[] note(String name, int type, byte[] content, int alignment) {
    byte[] text = (name + '\0').getBytes(StandardCharsets.US_ASCII);
    int contentAt = -(-(12 + text.length) & -alignment);
    ByteBuffer note = little(-(-(contentAt + content.length) & -alignment));
    note.putInt(text.length).putInt(content.length).putInt(type).put(text);
    note.position(contentAt).put(content);
    return note.array();
  }

  byte[] build() {
    int dataAt = HEADER_SIZE + parts.size() * PROGRAM_HEADER_SIZE;
    int size = dataAt;
    for (Part part : parts) {
      size += part.bytes().length;
    }
    ByteBuffer file = little(size);
    file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    file.putShort(16, (short) 2).putShort(18, (short) machine).putInt(20, 1);
    file.putLong(32, HEADER_SIZE);
    file.putShort(52, (short) HEADER_SIZE);
    file.putShort(54, (short) PROGRAM_HEADER_SIZE).putShort(56, (short) parts.size());
    int header = HEADER_SIZE;
    for (Part part : parts) {
      file.putInt(header, part.type()).putLong(header + 8, dataAt);
      file.putLong(header + 16, part.gpa()).putLong(header + 24, part.gpa());
      file.putLong(header + 32, part.bytes().length).putLong(header + 40, part.memorySize());
      file.putLong(header + 48, part.alignment());
      file.put(dataAt, part.bytes());
      dataAt += part.bytes().length;
      header += PROGRAM_HEADER_SIZE;
    }
    return file.array();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
