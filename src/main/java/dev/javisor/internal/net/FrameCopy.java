package dev.javisor.internal.net;

import dev.javisor.backend.NetFrame;
import java.nio.ByteBuffer;

/** A frame that another guest sends. */
final class FrameCopy implements FrameSource {
  private final NetFrame frame;

  FrameCopy(NetFrame frame) {
    this.frame = frame;
  }

  @Override
  public int receive(ReceiveRoom room) {
    int length = frame.length() + NetPort.HEADER;
    if (room.bytes() < length) {
      return NOTHING;
    }
    room.write(0, ByteBuffer.allocate(NetPort.HEADER));
    long offset = NetPort.HEADER;
    for (int i = 0; i < frame.bufferCount(); i++) {
      ByteBuffer piece = frame.buffer(i);
      int bytes = piece.remaining();
      room.write(offset, piece);
      offset += bytes;
    }
    return length;
  }

  @Override
  public ByteBuffer rest() {
    return ByteBuffer.allocate(0);
  }
}
