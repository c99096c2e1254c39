package dev.javisor.internal.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * Makes frames and writes them, each by one write.
 *
 * <p>Threading: one thread.
 */
final class FrameWriter {
  private final WritableByteChannel channel;
  private ByteBuffer buffer;

  FrameWriter(WritableByteChannel channel, int size) {
    this.channel = channel;
    buffer = ByteBuffer.allocate(Protocol.HEADER + size).order(ByteOrder.LITTLE_ENDIAN);
  }

  FrameWriter begin(int type, int stream) {
    buffer.clear();
    buffer.put((byte) type).put((byte) stream).putShort((short) 0).putInt(0);
    return this;
  }

  FrameWriter u8(int value) {
    room(1).put((byte) value);
    return this;
  }

  FrameWriter u16(int value) {
    room(2).putShort((short) value);
    return this;
  }

  FrameWriter u32(long value) {
    room(4).putInt((int) value);
    return this;
  }

  FrameWriter u64(long value) {
    room(8).putLong(value);
    return this;
  }

  FrameWriter string(byte[] bytes) {
    u32(bytes.length);
    room(bytes.length).put(bytes);
    return this;
  }

  FrameWriter bytes(byte[] bytes, int offset, int length) {
    room(length).put(bytes, offset, length);
    return this;
  }

  FrameWriter bytes(ByteBuffer bytes) {
    room(bytes.remaining()).put(bytes);
    return this;
  }

  /**
   * Takes what a source has, as far as it goes into the room there is.
   *
   * @return how many bytes; 0 at its end
   */
  int fill(ReadableByteChannel source) throws IOException {
    int before = buffer.position();
    int count = 0;
    while (count >= 0 && buffer.hasRemaining()) {
      count = source.read(buffer);
    }
    return buffer.position() - before;
  }

  /** How many bytes the payload has. */
  int length() {
    return buffer.position() - Protocol.HEADER;
  }

  void send() throws IOException {
    buffer.putInt(4, length()).flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private ByteBuffer room(int count) {
    if (buffer.remaining() < count) {
      int size = Math.max(2 * buffer.capacity(), buffer.position() + count);
      buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).put(buffer.flip());
    }
    return buffer;
  }
}
