package dev.javisor.testing.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Makes kernel files that are right as far as their headers go. */
public final class FakeKernel {
  private static final int SECTORS = 3;
  private static final int PAYLOAD = 100;

  private FakeKernel() {}

  /** What begins as an ELF file does and tells a release as a kernel does. */
  public static byte[] vmlinux(String release) {
    byte[] content = Arrays.copyOf(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}, 70_000);
    byte[] banner =
        ("Linux version " + release + " (x@y) #1 SMP\n").getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(banner, 0, content, 50_000, banner.length);
    for (int i = 60_000; i < content.length; i++) {
      content[i] = (byte) (i * 31 + (i >> 7));
    }
    return content;
  }

  /**
   * A bzImage.
   *
   * @param compressed the vmlinux in it, compressed
   * @param size of the vmlinux, uncompressed
   * @param sizeBehind whether the size stands behind what is compressed; gzip has it at its own end
   */
  public static byte[] bzImage(String release, byte[] compressed, int size, boolean sizeBehind) {
    int start = (SECTORS + 1) * 512 + PAYLOAD;
    int length = compressed.length + (sizeBehind ? 4 : 0);
    ByteBuffer image = ByteBuffer.allocate(start + length + 333).order(ByteOrder.LITTLE_ENDIAN);
    image.put(0x1f1, (byte) SECTORS).put(0x202, "HdrS".getBytes(StandardCharsets.US_ASCII));
    image.putShort(0x206, (short) 0x20f).putShort(0x20e, (short) 0x300);
    image.put(0x500, (release + " (x@y) #1").getBytes(StandardCharsets.US_ASCII));
    image.putInt(0x248, PAYLOAD).putInt(0x24c, length);
    image.put(start, compressed);
    if (sizeBehind) {
      image.putInt(start + compressed.length, size);
    }
    return image.array();
  }
}
