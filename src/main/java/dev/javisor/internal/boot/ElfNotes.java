package dev.javisor.internal.boot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * Looks through an ELF file's notes.
 *
 * <p>Source: ELF-64 Object File Format 1.5, "Notes"; Xen public/elfnote.h.
 */
final class ElfNotes {
  /** A Linux kernel's notes have a few hundred bytes. */
  static final int MAX_BYTES = 1 << 16;

  private static final int HEADER = 12;
  private static final int XEN_ELFNOTE_PHYS32_ENTRY = 18;
  private static final String XEN = "Xen";
  private static final String LINUX = "Linux";

  private OptionalLong pvhEntry = OptionalLong.empty();
  private boolean linux;

  /** The first PVH entry point, if there is one. */
  OptionalLong pvhEntry() {
    return pvhEntry;
  }

  /** Whether the notes say that this is a Linux kernel. */
  boolean linux() {
    return linux;
  }

  /** Looks through one table of notes, and stops quietly where it makes no sense. */
  void add(ByteBuffer notes, long alignment) {
    int align = alignment == Long.BYTES ? Long.BYTES : Integer.BYTES;
    long at = 0;
    while (at + HEADER <= notes.limit()) {
      long nameSize = Integer.toUnsignedLong(notes.getInt((int) at));
      long size = Integer.toUnsignedLong(notes.getInt((int) at + 4));
      int type = notes.getInt((int) at + 8);
      long content = alignUp(at + HEADER + nameSize, align);
      if (content + size > notes.limit()) {
        return;
      }
      note(name(notes, (int) at + HEADER, (int) nameSize), type, notes, (int) content, (int) size);
      at = alignUp(content + size, align);
    }
  }

  private void note(String name, int type, ByteBuffer notes, int content, int size) {
    if (name.equals(LINUX)) {
      linux = true;
    }
    if (name.equals(XEN) && type == XEN_ELFNOTE_PHYS32_ENTRY && pvhEntry.isEmpty()) {
      if (size == Integer.BYTES) {
        pvhEntry = OptionalLong.of(Integer.toUnsignedLong(notes.getInt(content)));
      } else if (size == Long.BYTES && notes.getLong(content) >>> Integer.SIZE == 0) {
        pvhEntry = OptionalLong.of(notes.getLong(content));
      }
    }
  }

  private static String name(ByteBuffer notes, int at, int size) {
    byte[] name = new byte[Math.max(size - 1, 0)];
    notes.get(at, name);
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  private static long alignUp(long value, int alignment) {
    return (value + alignment - 1) & -alignment;
  }
}
