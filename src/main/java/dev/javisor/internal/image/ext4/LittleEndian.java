package dev.javisor.internal.image.ext4;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Structures of ext4, whose numbers are little-endian. */
final class LittleEndian {
  private LittleEndian() {}

  static ByteBuffer ofSize(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static ByteBuffer over(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
