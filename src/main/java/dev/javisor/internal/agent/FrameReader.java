package dev.javisor.internal.agent;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Reads frames: u8 type, u8 stream, u16 0, u32 length, and the payload. Takes at most 64 KiB and a
 * header of memory, and that only for frames which are that long.
 *
 * <p>Threading: one thread.
 */
final class FrameReader {
  private static final int FIRST = 4096;
  private static final int STRING_LIMIT = Protocol.PAYLOAD_LIMIT;

  private final ReadableByteChannel channel;
  private ByteBuffer buffer = ByteBuffer.allocate(FIRST).order(ByteOrder.LITTLE_ENDIAN).flip();
  private int type;
  private int stream;
  private int payloadEnd;

  FrameReader(ReadableByteChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits for the next frame; what was left of the one before is passed over.
   *
   * @throws EOFException if the connection ended, at a frame's end or amid one
   */
  void next() throws IOException {
    buffer.position(payloadEnd);
    require(Protocol.HEADER);
    int start = buffer.position();
    type = buffer.get(start) & 0xFF;
    stream = buffer.get(start + 1) & 0xFF;
    int reserved = buffer.getShort(start + 2);
    int length = buffer.getInt(start + 4);
    if (reserved != 0 || length < 0 || length > Protocol.PAYLOAD_LIMIT) {
      throw new FrameException(
          "a frame of type %d and %d bytes".formatted(type, length & 0xFFFF_FFFFL));
    }
    require(Protocol.HEADER + length);
    buffer.position(buffer.position() + Protocol.HEADER);
    payloadEnd = buffer.position() + length;
  }

  /** Reads what there is, so that {@code count} bytes are there from the position on. */
  private void require(int count) throws IOException {
    if (buffer.remaining() >= count) {
      return;
    }
    if (buffer.capacity() < count) {
      int size = Math.max(count, Math.min(2 * buffer.capacity(), Protocol.HEADER + 65536));
      buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).put(buffer);
    } else {
      buffer.compact();
    }
    while (buffer.position() < count) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("the agent closed the connection");
      }
    }
    buffer.flip();
    payloadEnd = 0;
  }

  int type() {
    return type;
  }

  int stream() {
    return stream;
  }

  /** How many bytes of the payload are left. */
  int left() {
    return payloadEnd - buffer.position();
  }

  /** The rest of the payload, as a view that is valid until the next frame. */
  ByteBuffer payload() {
    return buffer.slice(buffer.position(), left());
  }

  /** What the connection brought behind this frame. */
  ByteBuffer rest() {
    ByteBuffer rest = ByteBuffer.allocate(buffer.limit() - payloadEnd);
    return rest.put(buffer.position(payloadEnd)).flip();
  }

  int u8() throws FrameException {
    check(1);
    return buffer.get() & 0xFF;
  }

  int u16() throws FrameException {
    check(2);
    return buffer.getShort() & 0xFFFF;
  }

  long u32() throws FrameException {
    check(4);
    return buffer.getInt() & 0xFFFF_FFFFL;
  }

  long u64() throws FrameException {
    check(8);
    return buffer.getLong();
  }

  /** A string's bytes. */
  byte[] string() throws FrameException {
    long length = u32();
    if (length > STRING_LIMIT || length > left()) {
      throw new FrameException("a string of %d bytes in a shorter frame".formatted(length));
    }
    byte[] bytes = new byte[(int) length];
    buffer.get(bytes);
    for (byte b : bytes) {
      if (b == 0) {
        throw new FrameException("a string with a NUL");
      }
    }
    return bytes;
  }

  /** A string as text for people. */
  String text() throws FrameException {
    return new String(string(), StandardCharsets.UTF_8);
  }

  /** Sees to it that nothing of the payload is left. */
  void end() throws FrameException {
    if (left() != 0) {
      throw new FrameException("a frame of type %d that is too long".formatted(type));
    }
  }

  private void check(int count) throws FrameException {
    if (left() < count) {
      throw new FrameException("a frame of type %d that is too short".formatted(type));
    }
  }
}
