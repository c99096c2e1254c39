package dev.javisor.testing.microguest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Bytes of code and the labels in them; knows how operands are encoded. */
class Encoder {
  private static final int REX = 0x40;
  private static final int REX_W = 8;

  private final long origin;
  private byte[] bytes = new byte[256];
  private int size;

  Encoder(long origin) {
    this.origin = origin;
  }

  /** The address of the next byte. */
  public final long here() {
    return origin + size;
  }

  /** Appends bytes as they are. */
  public final void bytes(int... values) {
    for (int value : values) {
      if (size == bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * size);
      }
      bytes[size++] = (byte) value;
    }
  }

  /** Appends a value in little-endian order. */
  public final void value(int width, long value) {
    for (int i = 0; i < width; i++) {
      bytes((int) (value >>> 8 * i));
    }
  }

  /** Appends the ASCII bytes of a text. */
  public final void ascii(String text) {
    for (byte b : text.getBytes(StandardCharsets.US_ASCII)) {
      bytes(b);
    }
  }

  /** Fills up with zeros to the next multiple. */
  public final void align(int multiple) {
    while (here() % multiple != 0) {
      bytes(0);
    }
  }

  /** A place that is yet to be bound. */
  public final Label label() {
    return new Label();
  }

  /** A place, here. */
  public final Label here(Label label) {
    if (label.offset != Label.UNBOUND) {
      throw new IllegalStateException("a label bound twice");
    }
    label.offset = size;
    label.references.forEach(at -> patch(at, size));
    return label;
  }

  /** The address of a bound label. */
  public final long address(Label label) {
    if (label.offset == Label.UNBOUND) {
      throw new IllegalStateException("a label that is not bound yet");
    }
    return origin + label.offset;
  }

  /** Appends the distance from the end of this field to a label. */
  final void relative(Label target) {
    int at = size;
    value(4, 0);
    if (target.offset == Label.UNBOUND) {
      target.references.add(at);
    } else {
      patch(at, target.offset);
    }
  }

  /** An instruction whose operands are a register (or an extension of the opcode) and memory. */
  final void encode(int width, int[] opcode, int register, Mem mem) {
    Reg base = mem.base();
    prefixes(width, register, base == null ? 0 : base.high(), opcode);
    int middle = (register & 7) << 3;
    if (base == null) {
      bytes(middle | 4, 0x25);
      value(4, mem.displacement());
      return;
    }
    bytes(0x80 | middle | base.low());
    if (base.low() == Reg.RSP.low()) {
      bytes(0x24);
    }
    value(4, mem.displacement());
  }

  /** An instruction whose operands are two registers, or a register and an extension. */
  final void encode(int width, int[] opcode, int register, Reg second) {
    prefixes(width, register, second.high(), opcode);
    bytes(0xc0 | (register & 7) << 3 | second.low());
  }

  /** An instruction with a register in its last byte. */
  final void encode(int width, int opcode, Reg register) {
    prefixes(width, 0, register.high(), new int[] {opcode + register.low()});
  }

  private void prefixes(int width, int register, int baseHigh, int[] opcode) {
    if (width == 2) {
      bytes(0x66);
    }
    // A REX prefix in any case for bytes: without one, four of the registers would be others.
    int rex = REX | (width == 8 ? REX_W : 0) | (register >> 3) << 2 | baseHigh;
    if (rex != REX || width == 1) {
      bytes(rex);
    }
    bytes(opcode);
  }

  private void patch(int at, int target) {
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, target - (at + 4));
  }

  final byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  static @Nullable Integer asInt(long value) {
    return value == (int) value ? (int) value : null;
  }
}
