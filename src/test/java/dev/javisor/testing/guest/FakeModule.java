package dev.javisor.testing.guest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Makes kernel modules that have nothing but what they tell about themselves. */
public final class FakeModule {
  private static final int HEADER = 64;
  private static final String NAMES = "\0.modinfo\0.shstrtab\0";

  private FakeModule() {}

  /**
   * A module.
   *
   * @param info such as {@code depends=virtio,virtio_ring}
   */
  public static byte[] of(String... info) {
    byte[] text = (String.join("\0", info) + "\0").getBytes(StandardCharsets.UTF_8);
    byte[] names = NAMES.getBytes(StandardCharsets.US_ASCII);
    int table = HEADER + text.length + names.length;
    ByteBuffer elf = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    elf.putLong(0x28, table).putShort(0x3a, (short) 64).putShort(0x3c, (short) 3);
    elf.putShort(0x3e, (short) 2);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(elf.array());
    out.writeBytes(text);
    out.writeBytes(names);
    out.writeBytes(section(0, 0, 0));
    out.writeBytes(section(1, HEADER, text.length));
    out.writeBytes(section(10, HEADER + text.length, names.length));
    return out.toByteArray();
  }

  private static byte[] section(int name, long offset, long size) {
    ByteBuffer header = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    return header.putInt(0, name).putLong(0x18, offset).putLong(0x20, size).array();
  }
}
