package dev.javisor.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;

/**
 * Guests of a few instructions, in ELF files with a PVH note, so that every machine monitor takes
 * them for kernels. They are entered at 1 MiB in 32-bit protected mode.
 */
final class Payload {
  /** What {@link #boot} writes to the serial port: no monitor prints this on its own. */
  static final byte FIRST = 0x05;

  /** What {@link #portLoop} writes before its loop. */
  static final byte START = 'S';

  /** What {@link #portLoop} writes after its loop. */
  static final byte END = 'E';

  private static final int MIB = 1 << 20;
  private static final int ENTRY = MIB;
  private static final int SERIAL_DATA = 0x3f8;
  private static final int SERIAL_SCRATCH = 0x3ff;

  // ACPI 6.5 §4.8.3.7: sleep enable, and the sleep type that the machine's DSDT gives for S5.
  private static final int ACPI_SLEEP_CONTROL = 0x600;
  private static final int POWER_OFF = 1 << 5 | 5 << 2;

  private static final int EHDR_SIZE = 64;
  private static final int PHDR_SIZE = 56;
  private static final int PT_LOAD = 1;
  private static final int PT_NOTE = 4;
  private static final int PAGE = 4096;

  private record Segment(int gpa, int size, byte[] head) {
    int pages() {
      return -(-size & -PAGE);
    }

    /** The head, then noise: what nobody between file and memory can keep smaller than it is. */
    ByteBuffer content() {
      byte[] bytes = new byte[size];
      new Random(gpa).nextBytes(bytes);
      System.arraycopy(head, 0, bytes, 0, head.length);
      return ByteBuffer.wrap(bytes);
    }
  }

  private Payload() {}

  /**
   * Writes one byte to the serial port as its first act, then switches off.
   *
   * @param mib the size of its segments in the file, laid out as a Linux kernel's if above 2 MiB
   */
  static void boot(Path file, int mib) throws IOException {
    byte[] code =
        new Code().out(SERIAL_DATA, FIRST).out(ACPI_SLEEP_CONTROL, POWER_OFF).halt().toBytes();
    if (mib <= 2) {
      write(file, List.of(new Segment(ENTRY, mib * MIB, code)));
      return;
    }
    int text = mib / 2 * MIB & -2 * MIB;
    int textAt = 16 * MIB;
    write(
        file,
        List.of(
            new Segment(ENTRY, MIB, code),
            new Segment(textAt, text, new byte[0]),
            new Segment(textAt + text, (mib - 1) * MIB - text, new byte[0])));
  }

  /** Writes one byte to the serial port and halts for ever. */
  static void idle(Path file) throws IOException {
    byte[] code = new Code().out(SERIAL_DATA, FIRST).halt().toBytes();
    write(file, List.of(new Segment(ENTRY, PAGE, code)));
  }

  /**
   * Writes to the serial port's scratch register over and over: each time an exit to the monitor
   * and back, and nothing else.
   *
   * @param user whether at CPL 3 in 64-bit mode, instead of at CPL 0 in 32-bit mode
   */
  static void portLoop(Path file, boolean user, int count) throws IOException {
    Code code = new Code();
    if (user) {
      UserMode.enter(code, ENTRY);
    }
    code.out(SERIAL_DATA, START)
        .outRepeatedly(SERIAL_SCRATCH, count)
        .out(SERIAL_DATA, END)
        .out(ACPI_SLEEP_CONTROL, POWER_OFF)
        .spin();
    byte[] image = user ? UserMode.image(code.toBytes(), ENTRY) : code.toBytes();
    write(file, List.of(new Segment(ENTRY, image.length, image)));
  }

  private static void write(Path file, List<Segment> segments) throws IOException {
    ByteBuffer note = pvhNote();
    ByteBuffer head = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
    head.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    head.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1);
    head.putLong(24, ENTRY).putLong(32, EHDR_SIZE).putShort(52, (short) EHDR_SIZE);
    head.putShort(54, (short) PHDR_SIZE).putShort(56, (short) (segments.size() + 1));
    int offset = PAGE;
    int at = EHDR_SIZE;
    for (Segment segment : segments) {
      programHeader(head, at, PT_LOAD, offset, segment.gpa(), segment.size());
      offset += segment.pages();
      at += PHDR_SIZE;
    }
    int noteAt = at + PHDR_SIZE;
    programHeader(head, at, PT_NOTE, noteAt, 0, note.limit());
    head.put(noteAt, note.array());
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      put(channel, head.clear(), 0);
      offset = PAGE;
      for (Segment segment : segments) {
        put(channel, segment.content(), offset);
        offset += segment.pages();
      }
    }
  }

  private static void programHeader(
      ByteBuffer head, int at, int type, long offset, long gpa, long size) {
    head.putInt(at, type).putInt(at + 4, 7).putLong(at + 8, offset);
    head.putLong(at + 16, gpa).putLong(at + 24, gpa);
    head.putLong(at + 32, size).putLong(at + 40, size);
    head.putLong(at + 48, type == PT_NOTE ? 4 : PAGE);
  }

  private static ByteBuffer pvhNote() {
    ByteBuffer note = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    note.putInt(4).putInt(4).putInt(18).put("Xen\0".getBytes(StandardCharsets.US_ASCII));
    return note.putInt(ENTRY).flip();
  }

  private static void put(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
    while (bytes.hasRemaining()) {
      offset += channel.write(bytes, offset);
    }
  }
}
