package dev.javisor.internal.net;

import java.nio.ByteBuffer;

/** Where a frame for the guest comes from. Threading: one thread at a time. */
public interface FrameSource {
  /** {@link #receive}: there is no frame, or no room for it. */
  int NOTHING = 0;

  /** {@link #receive}: there will never be a frame again. */
  int GONE = -1;

  /**
   * Puts the next frame into the guest's buffers, header first; the header's last field is left
   * out.
   *
   * @return the bytes of header and frame, also where they are more than the room: {@link #rest}
   *     has the others then; or {@link #NOTHING}, or {@link #GONE}
   */
  int receive(ReceiveRoom room);

  /** What the last {@link #receive} found no room for; good until the next one. */
  ByteBuffer rest();
}
