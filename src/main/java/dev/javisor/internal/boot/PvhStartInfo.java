package dev.javisor.internal.boot;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.x86.MemoryMap;
import dev.javisor.internal.x86.PlatformLayout;
import java.util.List;

/**
 * What a kernel is told that is entered by the PVH protocol.
 *
 * <p>Source: Xen public/arch-x86/hvm/start_info.h, struct hvm_start_info, version 1.
 */
final class PvhStartInfo {
  private static final int MAGIC_VALUE = 0x336ec578;
  private static final int VERSION_VALUE = 1;

  private static final int MAGIC = 0;
  private static final int VERSION = 4;
  private static final int MODULE_COUNT = 12;
  private static final int MODULE_LIST = 16;
  private static final int CMDLINE = 24;
  private static final int RSDP = 32;
  private static final int MEMORY_MAP = 40;
  private static final int MEMORY_MAP_COUNT = 48;

  private static final int MODULE_GPA = 0;
  private static final int MODULE_BYTES = 8;

  private static final int ENTRY_GPA = 0;
  private static final int ENTRY_BYTES = 8;
  private static final int ENTRY_TYPE = 16;
  private static final int ENTRY_SIZE = 24;

  private PvhStartInfo() {}

  static void write(BootPlan plan, BootParameters parameters, GuestMemory memory) {
    List<MemoryMap.Entry> map = MemoryMap.of(memory.size(), parameters.ecam());
    long info = PlatformLayout.PVH_START_INFO;
    memory.writeInt(info + MAGIC, MAGIC_VALUE);
    memory.writeInt(info + VERSION, VERSION_VALUE);
    memory.writeLong(info + CMDLINE, PlatformLayout.CMDLINE);
    memory.writeLong(info + RSDP, parameters.rsdp());
    memory.writeLong(info + MEMORY_MAP, PlatformLayout.PVH_MEMORY_MAP);
    memory.writeInt(info + MEMORY_MAP_COUNT, map.size());
    for (int i = 0; i < map.size(); i++) {
      MemoryMap.Entry entry = map.get(i);
      long at = PlatformLayout.PVH_MEMORY_MAP + (long) i * ENTRY_SIZE;
      memory.writeLong(at + ENTRY_GPA, entry.range().base());
      memory.writeLong(at + ENTRY_BYTES, entry.range().size());
      memory.writeInt(at + ENTRY_TYPE, entry.type().number());
    }
    plan.initramfs().ifPresent(range -> writeModule(range, memory));
  }

  private static void writeModule(AddressRange initramfs, GuestMemory memory) {
    long info = PlatformLayout.PVH_START_INFO;
    memory.writeInt(info + MODULE_COUNT, 1);
    memory.writeLong(info + MODULE_LIST, PlatformLayout.PVH_MODULE_LIST);
    memory.writeLong(PlatformLayout.PVH_MODULE_LIST + MODULE_GPA, initramfs.base());
    memory.writeLong(PlatformLayout.PVH_MODULE_LIST + MODULE_BYTES, initramfs.size());
  }
}
