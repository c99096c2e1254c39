package dev.javisor.internal.boot;

import com.google.common.primitives.Bytes;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.x86.MemoryMap;
import dev.javisor.internal.x86.PlatformLayout;
import java.util.List;

/**
 * What a kernel is told that is entered by the Linux boot protocol: struct boot_params.
 *
 * <p>Source: Linux Documentation/arch/x86/zero-page.rst and boot.rst, "32-bit Boot Protocol".
 */
final class ZeroPage {
  private static final int ACPI_RSDP_ADDR = 0x070;
  private static final int E820_ENTRIES = 0x1e8;
  private static final int TYPE_OF_LOADER = 0x210;
  private static final int RAMDISK_IMAGE = 0x218;
  private static final int RAMDISK_SIZE = 0x21c;
  private static final int CMD_LINE_PTR = 0x228;
  private static final int E820_TABLE = 0x2d0;

  private static final int E820_GPA = 0;
  private static final int E820_BYTES = 8;
  private static final int E820_TYPE = 16;
  private static final int E820_SIZE = 20;

  private static final byte UNDEFINED_LOADER = (byte) 0xff;

  private ZeroPage() {}

  static void write(BzImage kernel, BootPlan plan, BootParameters parameters, GuestMemory memory) {
    long page = PlatformLayout.ZERO_PAGE;
    memory.write(page + BzImageParser.SETUP_HEADER, Bytes.toArray(kernel.setupHeader()));
    memory.writeByte(page + TYPE_OF_LOADER, UNDEFINED_LOADER);
    memory.writeInt(page + CMD_LINE_PTR, (int) PlatformLayout.CMDLINE);
    memory.writeLong(page + ACPI_RSDP_ADDR, parameters.rsdp());
    plan.initramfs()
        .ifPresent(
            range -> {
              memory.writeInt(page + RAMDISK_IMAGE, (int) range.base());
              memory.writeInt(page + RAMDISK_SIZE, (int) range.size());
            });
    List<MemoryMap.Entry> map = MemoryMap.of(memory.size(), parameters.ecam());
    memory.writeByte(page + E820_ENTRIES, (byte) map.size());
    for (int i = 0; i < map.size(); i++) {
      MemoryMap.Entry entry = map.get(i);
      long at = page + E820_TABLE + (long) i * E820_SIZE;
      memory.writeLong(at + E820_GPA, entry.range().base());
      memory.writeLong(at + E820_BYTES, entry.range().size());
      memory.writeInt(at + E820_TYPE, entry.type().number());
    }
  }
}
