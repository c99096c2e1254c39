package dev.javisor.internal.sys;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.LongUnaryOperator;

/**
 * Memory for the structures that system calls take: zeroed, little-endian, at a fixed address. The
 * garbage collector frees it with this object, so keep the object reachable while the kernel may
 * look at it.
 *
 * <p>Threading: as the {@link ByteBuffer} in it.
 */
public final class NativeBuffer {
  private final ByteBuffer bytes;
  private final long address;

  private NativeBuffer(int size) {
    bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
    address = Sys.access().addressOf(bytes);
  }

  /** A zeroed buffer of {@code size} bytes, aligned to 8 bytes at least. */
  public static NativeBuffer ofSize(int size) {
    return new NativeBuffer(size);
  }

  /**
   * A NUL-terminated UTF-8 string.
   *
   * @throws IllegalArgumentException if the text holds a NUL itself
   */
  public static NativeBuffer ofString(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("NUL character in \"" + text.replace('\0', '?') + '"');
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    NativeBuffer buffer = new NativeBuffer(utf8.length + 1);
    buffer.bytes.put(0, utf8);
    return buffer;
  }

  /** The bytes, little-endian; use absolute accesses. */
  public ByteBuffer bytes() {
    return bytes;
  }

  /** The host virtual address of the first byte. */
  public long address() {
    return address;
  }

  /**
   * Hands the address to a call, and keeps the memory until the call has returned.
   *
   * @return what the call returned
   */
  public long during(LongUnaryOperator call) {
    try {
      return call.applyAsLong(address);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** The size in bytes. */
  public int size() {
    return bytes.capacity();
  }
}
