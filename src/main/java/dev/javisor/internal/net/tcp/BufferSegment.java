package dev.javisor.internal.net.tcp;

import java.nio.ByteBuffer;

/** A segment in one piece. */
final class BufferSegment implements SegmentSource {
  private ByteBuffer buffer = ByteBuffer.allocate(0);

  void set(ByteBuffer segment) {
    buffer = segment;
  }

  @Override
  public int length() {
    return buffer.remaining();
  }

  @Override
  public void copyTo(int offset, ByteBuffer target) {
    int length = target.remaining();
    target.put(target.position(), buffer, buffer.position() + offset, length);
    target.position(target.limit());
  }
}
