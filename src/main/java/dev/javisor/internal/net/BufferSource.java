package dev.javisor.internal.net;

import java.nio.ByteBuffer;

/** One frame in a buffer. */
final class BufferSource implements FrameSource {
  private final ByteBuffer frame;

  BufferSource(ByteBuffer frame) {
    this.frame = frame;
  }

  @Override
  public int receive(ReceiveRoom room) {
    int length = frame.remaining() + NetPort.HEADER;
    if (room.bytes() < length) {
      return NOTHING;
    }
    room.write(0, ByteBuffer.allocate(NetPort.HEADER));
    room.write(NetPort.HEADER, frame.duplicate());
    return length;
  }

  @Override
  public ByteBuffer rest() {
    return ByteBuffer.allocate(0);
  }
}
