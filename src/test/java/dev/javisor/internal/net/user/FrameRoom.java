package dev.javisor.internal.net.user;

import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.net.ReceiveRoom;
import java.nio.ByteBuffer;

/** Room for one frame with its virtio header, on the heap. */
final class FrameRoom implements ReceiveRoom {
  final ByteBuffer bytes = ByteBuffer.allocate(70_000);

  @Override
  public long bytes() {
    return bytes.capacity();
  }

  @Override
  public IoVector vector() {
    throw new AssertionError("nobody reads into it by a system call");
  }

  @Override
  public void write(long offset, ByteBuffer source) {
    ByteBuffer target = bytes.duplicate();
    target.clear().position((int) offset);
    target.put(source);
  }
}
