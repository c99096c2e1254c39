package dev.javisor.internal.boot;

import com.google.common.primitives.Bytes;
import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.x86.PlatformLayout;
import java.nio.ByteBuffer;

/**
 * Reads the setup header of a bzImage.
 *
 * <p>Source: Linux Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header".
 */
final class BzImageParser {
  /** Where struct setup_header starts, in the file as in the zero page. */
  static final int SETUP_HEADER = 0x1f1;

  /** Where the room for it ends in the zero page. */
  static final int SETUP_HEADER_LIMIT = 0x290;

  private static final int SETUP_SECTS = 0x1f1;
  private static final int SYSSIZE = 0x1f4;
  private static final int BOOT_FLAG = 0x1fe;
  private static final int JUMP_LENGTH = 0x201;
  private static final int HEADER_MAGIC = 0x202;
  private static final int VERSION = 0x206;
  private static final int LOADFLAGS = 0x211;
  private static final int INITRD_ADDR_MAX = 0x22c;
  private static final int KERNEL_ALIGNMENT = 0x230;
  private static final int RELOCATABLE_KERNEL = 0x234;
  private static final int CMDLINE_SIZE = 0x238;
  private static final int PREF_ADDRESS = 0x258;
  private static final int INIT_SIZE = 0x260;
  private static final int LAST_NEEDED = INIT_SIZE + Integer.BYTES;

  private static final short BOOT_MAGIC = (short) 0xaa55;
  private static final int HDRS = 0x53726448;

  /** The first that says how much RAM the kernel takes while it unpacks itself. */
  private static final int OLDEST_VERSION = 0x020a;

  private static final int LOADED_HIGH = 1;
  private static final int SECTOR = 512;
  private static final int DEFAULT_SETUP_SECTS = 4;
  private static final int PARAGRAPH = 16;

  private BzImageParser() {}

  static boolean recognizes(ByteBuffer head) {
    return head.limit() >= VERSION
        && head.getShort(BOOT_FLAG) == BOOT_MAGIC
        && head.getInt(HEADER_MAGIC) == HDRS;
  }

  static BzImage parse(KernelFile file) {
    ByteBuffer head = file.read(0, SETUP_HEADER_LIMIT, "the setup header");
    int version = Short.toUnsignedInt(head.getShort(VERSION));
    if (version < OLDEST_VERSION) {
      throw PayloadException.kernel(
          "a Linux kernel with boot protocol %d.%02d: too old; 2.10 (Linux 2.6.31) or newer is"
              + " needed",
          version >> 8, version & 0xff);
    }
    int headerEnd = HEADER_MAGIC + Byte.toUnsignedInt(head.get(JUMP_LENGTH));
    if (headerEnd < LAST_NEEDED || headerEnd > SETUP_HEADER_LIMIT) {
      throw damaged("setup header ends at 0x%x", headerEnd);
    }
    if ((head.get(LOADFLAGS) & LOADED_HIGH) == 0) {
      throw PayloadException.kernel("a zImage, which loads below 1 MiB: pass a bzImage");
    }
    byte[] setupHeader = new byte[headerEnd - SETUP_HEADER];
    head.get(SETUP_HEADER, setupHeader);
    AddressRange loadRange = loadRange(head, file);
    return new BzImage(
        file.fd(),
        Bytes.asList(setupHeader),
        codeOffset(head),
        loadRange,
        window(head),
        cmdlineLimit(head),
        Integer.toUnsignedLong(head.getInt(INITRD_ADDR_MAX)));
  }

  private static long codeOffset(ByteBuffer head) {
    int sectors = Byte.toUnsignedInt(head.get(SETUP_SECTS));
    return (1 + (sectors == 0 ? DEFAULT_SETUP_SECTS : sectors)) * (long) SECTOR;
  }

  private static AddressRange loadRange(ByteBuffer head, KernelFile file) {
    long offset = codeOffset(head);
    long size = Integer.toUnsignedLong(head.getInt(SYSSIZE)) * PARAGRAPH;
    if (size == 0) {
      throw damaged("no protected-mode code");
    }
    // The header counts in paragraphs; the last one need not be whole.
    long atLeast = size - PARAGRAPH + 1;
    if (!file.contains(offset, atLeast)) {
      throw file.truncated("the protected-mode code", offset, size);
    }
    return new AddressRange(PlatformLayout.HIGH_RAM, Math.min(size, file.size() - offset));
  }

  /** boot.rst, "init_size". */
  private static AddressRange window(ByteBuffer head) {
    long preferred = head.getLong(PREF_ADDRESS);
    long size = Integer.toUnsignedLong(head.getInt(INIT_SIZE));
    long alignment = Integer.toUnsignedLong(head.getInt(KERNEL_ALIGNMENT));
    if (preferred < 0 || preferred >>> Integer.SIZE != 0) {
      throw damaged("preferred address 0x%x", preferred);
    }
    if (size == 0) {
      throw damaged("init_size 0");
    }
    long start = preferred;
    if (head.get(RELOCATABLE_KERNEL) != 0) {
      if (Long.bitCount(alignment) != 1) {
        throw damaged("alignment 0x%x", alignment);
      }
      start = Math.max(preferred, PlatformLayout.HIGH_RAM);
      start = (start + alignment - 1) & -alignment;
    }
    return new AddressRange(start, size);
  }

  private static int cmdlineLimit(ByteBuffer head) {
    long limit = Integer.toUnsignedLong(head.getInt(CMDLINE_SIZE));
    return (int) Math.min(limit, PlatformLayout.CMDLINE_SIZE - 1);
  }

  private static PayloadException damaged(String format, Object... values) {
    return PayloadException.kernel("a damaged bzImage: " + format.formatted(values));
  }
}
