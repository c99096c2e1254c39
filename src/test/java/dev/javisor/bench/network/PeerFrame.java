package dev.javisor.bench.network;

import dev.javisor.internal.net.OffloadedFrame;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A frame of a peer's, used again and again. */
final class PeerFrame implements OffloadedFrame {
  static final int MOST = 14 + 65535;

  private final ByteBuffer bytes = ByteBuffer.allocateDirect(MOST);
  private final Consumer<PeerFrame> completed;
  private final boolean checked;

  /**
   * @param checked whether its checksums are there
   * @param completed takes it back
   */
  PeerFrame(boolean checked, Consumer<PeerFrame> completed) {
    this.checked = checked;
    this.completed = completed;
  }

  /** Its memory, to be filled and flipped. */
  ByteBuffer bytes() {
    return bytes;
  }

  @Override
  public boolean needsChecksum() {
    return !checked;
  }

  @Override
  public int length() {
    return bytes.limit();
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
    return bytes.asReadOnlyBuffer();
  }

  @Override
  public void copyTo(int position, ByteBuffer target) {
    int length = target.remaining();
    target.put(target.position(), bytes, position, length);
    target.position(target.position() + length);
  }

  @Override
  public void complete() {
    completed.accept(this);
  }
}
