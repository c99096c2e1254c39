package dev.javisor.net;

import dev.javisor.backend.NetFrame;
import java.nio.ByteBuffer;

/** A frame that nobody else has, in one piece. */
final class HeapFrame implements NetFrame {
  private final byte[] bytes;
  private final Runnable completed;
  private boolean complete;

  /**
   * Takes the bytes over.
   *
   * @param completed is called once
   */
  HeapFrame(byte[] bytes, Runnable completed) {
    this.bytes = bytes;
    this.completed = completed;
  }

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
    if (index != 0) {
      throw new IndexOutOfBoundsException("piece %d of a frame of one piece".formatted(index));
    }
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  @Override
  public void copyTo(int position, ByteBuffer target) {
    target.put(bytes, position, target.remaining());
  }

  @Override
  public void complete() {
    if (complete) {
      throw new IllegalStateException("the frame was given back already");
    }
    complete = true;
    completed.run();
  }
}
