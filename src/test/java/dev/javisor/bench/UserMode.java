package dev.javisor.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Takes a guest from 32-bit protected mode to CPL 3 in 64-bit mode, where every KVM runs it
 * natively, and where it may use all ports: by IOPL and, since not every KVM honours that, by a
 * task state segment whose permission bitmap is open. All tables lie ready in the image.
 *
 * <p>Source: AMD64 Architecture Programmer's Manual, volume 2: §4.8 (descriptors), §5.3 (page
 * tables), §12.2.5 (task state segment), §14.6 (enabling long mode).
 */
final class UserMode {
  private static final int GDT = 0x800;
  private static final int GDT_POINTER = 0x8f0;
  private static final int GDT_ENTRIES = 7;
  private static final int PML4 = 0x1000;
  private static final int PDPT = 0x2000;
  private static final int PAGE_DIRECTORY = 0x3000;
  private static final int TASK = 0x4000;
  private static final int TASK_SIZE = 104 + 8192 + 1;
  private static final int TASK_BITMAP_POINTER = 102;
  private static final int STACK_TOP = 0x9000;
  private static final int SIZE = STACK_TOP;

  private static final int KERNEL_CODE = 0x08;
  private static final int USER_CODE = 0x18 | 3;
  private static final int USER_DATA = 0x20 | 3;
  private static final int TASK_SELECTOR = 0x28;
  private static final int RFLAGS = 3 << 12 | 2;

  private static final long USER_WRITABLE_PRESENT = 7;
  private static final long LARGE_PAGE = 0x80;
  private static final byte BITMAP_END = (byte) 0xff;

  private UserMode() {}

  /** Appends the code that goes there; what follows it runs at CPL 3. */
  static void enter(Code code, int base) {
    code.bytes(0xbc).int32(base + STACK_TOP); // mov esp, STACK_TOP
    code.bytes(0xb8).int32(base + PML4).bytes(0x0f, 0x22, 0xd8); // mov cr3, PML4
    code.bytes(0xb8).int32(0x20).bytes(0x0f, 0x22, 0xe0); // mov cr4, PAE
    code.bytes(0xb9).int32(0xc000_0080).bytes(0xb8).int32(0x100); // EFER, LME
    code.bytes(0x31, 0xd2, 0x0f, 0x30); // xor edx, edx; wrmsr
    code.bytes(0xb8).int32(0x8000_0001).bytes(0x0f, 0x22, 0xc0); // mov cr0, PG | PE
    code.bytes(0x0f, 0x01, 0x15).int32(base + GDT_POINTER); // lgdt [GDT_POINTER]
    int long64 = base + code.size() + 7;
    code.bytes(0xea).int32(long64).bytes(KERNEL_CODE, 0); // jmp KERNEL_CODE:long64
    // 64-bit mode from here on.
    code.bytes(0x66, 0xb8, TASK_SELECTOR, 0, 0x0f, 0x00, 0xd8); // ltr TASK_SELECTOR
    code.bytes(0x6a, USER_DATA, 0x68).int32(base + STACK_TOP); // push ss; push rsp
    code.bytes(0x68).int32(RFLAGS).bytes(0x6a, USER_CODE); // push rflags; push cs
    int user = base + code.size() + 7;
    code.bytes(0x68).int32(user).bytes(0x48, 0xcf); // push rip; iretq
  }

  /** The whole image: the code, and the tables that it loads. */
  static byte[] image(byte[] code, int base) {
    if (code.length > GDT) {
      throw new IllegalArgumentException("code of %d bytes".formatted(code.length));
    }
    ByteBuffer image = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    image.put(0, code);
    long task = (long) base + TASK;
    image.putLong(GDT + KERNEL_CODE, 0x00af_9b00_0000_ffffL);
    image.putLong(GDT + 0x10, 0x00cf_9300_0000_ffffL);
    image.putLong(GDT + (USER_CODE & ~3), 0x00af_fb00_0000_ffffL);
    image.putLong(GDT + (USER_DATA & ~3), 0x00cf_f300_0000_ffffL);
    image.putLong(GDT + TASK_SELECTOR, 0x0000_8900_0000_0000L | task << 16 | TASK_SIZE - 1);
    image.putShort(GDT_POINTER, (short) (GDT_ENTRIES * Long.BYTES - 1));
    image.putInt(GDT_POINTER + 2, base + GDT);
    image.putLong(PML4, base + PDPT | USER_WRITABLE_PRESENT);
    image.putLong(PDPT, base + PAGE_DIRECTORY | USER_WRITABLE_PRESENT);
    for (int i = 0; i < 512; i++) {
      image.putLong(
          PAGE_DIRECTORY + i * Long.BYTES, (long) i << 21 | LARGE_PAGE | USER_WRITABLE_PRESENT);
    }
    image.putLong(TASK + 4, base + STACK_TOP);
    image.putShort(TASK + TASK_BITMAP_POINTER, (short) 104);
    image.put(TASK + TASK_SIZE - 1, BITMAP_END);
    return image.array();
  }
}
