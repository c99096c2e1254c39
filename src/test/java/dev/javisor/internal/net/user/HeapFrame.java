package dev.javisor.internal.net.user;

import dev.javisor.backend.NetFrame;
import java.nio.ByteBuffer;

/** A frame on the heap. */
record HeapFrame(byte[] bytes, Runnable whenComplete) implements NetFrame {
  @Override
  public int length() {
    return bytes.length;
  }

  @Override
  public int queue() {
    return 0;
  }

  @Override
  public int bufferCount() {
    return 1;
  }

  @Override
  public ByteBuffer buffer(int index) {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  @Override
  public void copyTo(int position, ByteBuffer target) {
    target.put(bytes, position, target.remaining());
  }

  @Override
  public void complete() {
    whenComplete.run();
  }
}
