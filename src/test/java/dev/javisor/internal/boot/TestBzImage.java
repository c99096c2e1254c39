package dev.javisor.internal.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Builds bzImages for tests, with the setup header of a Linux 6.1. */
final class TestBzImage {
  static final int SETUP_SECTS = 0x1f1;
  static final int SYSSIZE = 0x1f4;
  static final int BOOT_FLAG = 0x1fe;
  static final int JUMP_LENGTH = 0x201;
  static final int VERSION = 0x206;
  static final int LOADFLAGS = 0x211;
  static final int INITRD_ADDR_MAX = 0x22c;
  static final int KERNEL_ALIGNMENT = 0x230;
  static final int RELOCATABLE = 0x234;
  static final int CMDLINE_SIZE = 0x238;
  static final int PREF_ADDRESS = 0x258;
  static final int INIT_SIZE = 0x260;
  static final int CODE_OFFSET = 3 * 512;

  private final ByteBuffer file;

  TestBzImage(byte[] code) {
    int paragraphs = (code.length + 15) / 16;
    file = ByteBuffer.allocate(CODE_OFFSET + paragraphs * 16).order(ByteOrder.LITTLE_ENDIAN);
    file.put(0, "MZ".getBytes(StandardCharsets.US_ASCII));
    file.put(SETUP_SECTS, (byte) 2);
    file.putInt(SYSSIZE, paragraphs);
    file.putShort(BOOT_FLAG, (short) 0xaa55);
    file.put(0x200, (byte) 0xeb).put(JUMP_LENGTH, (byte) 0x6a);
    file.put(0x202, "HdrS".getBytes(StandardCharsets.US_ASCII));
    file.putShort(VERSION, (short) 0x20f);
    file.put(LOADFLAGS, (byte) 1);
    file.putInt(0x214, 0x10_0000);
    file.putInt(INITRD_ADDR_MAX, 0x7fff_ffff);
    file.putInt(KERNEL_ALIGNMENT, 0x20_0000).put(RELOCATABLE, (byte) 1);
    file.putInt(CMDLINE_SIZE, 2047);
    file.putLong(PREF_ADDRESS, 0x100_0000);
    file.putInt(INIT_SIZE, 0x80_0000);
    file.put(CODE_OFFSET, code);
  }

  TestBzImage putByte(int offset, int value) {
    file.put(offset, (byte) value);
    return this;
  }

  TestBzImage putShort(int offset, int value) {
    file.putShort(offset, (short) value);
    return this;
  }

  TestBzImage putInt(int offset, int value) {
    file.putInt(offset, value);
    return this;
  }

  TestBzImage putLong(int offset, long value) {
    file.putLong(offset, value);
    return this;
  }

  byte[] build() {
    return file.array().clone();
  }
}
