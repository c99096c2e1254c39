package dev.javisor.bench;

import java.io.ByteArrayOutputStream;

/** Machine code whose bytes mean the same in 32-bit and 64-bit mode, unless said otherwise. */
final class Code {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Appends bytes as they are. */
  Code bytes(int... values) {
    for (int value : values) {
      bytes.write(value);
    }
    return this;
  }

  /** Appends a 32-bit operand. */
  Code int32(int value) {
    return bytes(value, value >>> 8, value >>> 16, value >>> 24);
  }

  /** mov edx, port; mov al, value; out dx, al. */
  Code out(int port, int value) {
    return bytes(0xba).int32(port).bytes(0xb0, value, 0xee);
  }

  /** mov edx, port; mov ecx, count; 1: out dx, al; dec ecx; jnz 1b. */
  Code outRepeatedly(int port, int count) {
    return bytes(0xba).int32(port).bytes(0xb9).int32(count).bytes(0xee, 0xff, 0xc9, 0x75, 0xfb);
  }

  /** 1: hlt; jmp 1b. */
  Code halt() {
    return bytes(0xf4, 0xeb, 0xfd);
  }

  /** 1: jmp 1b. */
  Code spin() {
    return bytes(0xeb, 0xfe);
  }

  int size() {
    return bytes.size();
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }
}
