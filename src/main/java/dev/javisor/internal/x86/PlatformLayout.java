package dev.javisor.internal.x86;

import dev.javisor.internal.bus.AddressRange;
import java.util.List;

/**
 * The guest physical map and the I/O ports of the machine, lowest address first:
 *
 * <pre>
 *          0x500  boot GDT, IDT                   low RAM (640 KiB, in the memory map)
 *         0x6000  PVH start info, module list
 *         0x7000  PVH memory map, or Linux zero page
 *         0x8ff0  boot stack (downwards)
 *        0x20000  kernel command line
 *        0xa0000  RSDP and ACPI tables            RAM that the memory map leaves out
 *        0xf0000  SMBIOS entry point and structures
 *       0x100000  kernel                          RAM up to 3 GiB; initramfs at its top
 *     0xc0000000  PCI MMIO below 4 GiB            no RAM
 *     0xe8000000  ECAM
 *     0xf8000000  KVM's TSS, identity map
 *     0xfec00000  IOAPIC
 *     0xfee00000  local APIC
 *    0x100000000  RAM above 4 GiB
 *  after the RAM  PCI MMIO above 4 GiB
 * </pre>
 *
 * <p>The numbers are Cloud Hypervisor's (arch/src/x86_64/layout.rs, vmm/src/device_manager.rs), so
 * that kernels and firmware made for it find what they expect.
 */
public final class PlatformLayout {
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  // Low RAM.

  /** The word in which a PC keeps the segment of its extended BIOS data area. */
  public static final long EBDA_POINTER = 0x40e;

  /** The GDT that the guest starts with: four descriptors. */
  public static final long BOOT_GDT = 0x500;

  /** The IDT that the guest starts with: one empty gate. */
  public static final long BOOT_IDT = 0x520;

  /** struct hvm_start_info of the PVH protocol. */
  public static final long PVH_START_INFO = 0x6000;

  /** The PVH protocol's module list, of one entry: the initramfs. */
  public static final long PVH_MODULE_LIST = 0x6040;

  /** The PVH protocol's memory map. No guest sees it and {@link #ZERO_PAGE} both. */
  public static final long PVH_MEMORY_MAP = 0x7000;

  /** struct boot_params of the Linux boot protocol. */
  public static final long ZERO_PAGE = 0x7000;

  /** The stack pointer that a Linux kernel starts with. */
  public static final long BOOT_STACK_POINTER = 0x8ff0;

  /** The kernel command line. */
  public static final long CMDLINE = 0x20000;

  /** The room for the command line in bytes, its terminating NUL included. */
  public static final int CMDLINE_SIZE = 0x10000;

  /** What {@link #EBDA_POINTER} points to, and where RAM ends that the guest may use freely. */
  public static final long EBDA = 0xa0000;

  /** The ACPI root pointer; the tables follow it. */
  public static final long RSDP = EBDA;

  /** The SMBIOS entry point; the structures follow it. The ACPI tables end here at the latest. */
  public static final long SMBIOS = 0xf0000;

  // High RAM.

  /** Where RAM goes on for the guest's free use. */
  public static final long HIGH_RAM = MIB;

  // The hole below 4 GiB.

  /** PCI memory windows below 4 GiB; RAM below 4 GiB ends here at the latest. */
  public static final AddressRange PCI_MMIO_32 = new AddressRange(3 * GIB, 640 * MIB);

  /** PCI configuration space, 1 MiB a segment. */
  public static final AddressRange ECAM = new AddressRange(0xe800_0000L, 256 * MIB);

  /** Three pages that KVM on Intel needs for itself: KVM api.rst KVM_SET_TSS_ADDR. */
  public static final AddressRange KVM_TSS = new AddressRange(0xf800_0000L, 12 * KIB);

  /** A page that KVM on Intel needs for itself: KVM api.rst KVM_SET_IDENTITY_MAP_ADDR. */
  public static final AddressRange KVM_IDENTITY_MAP = new AddressRange(0xf800_3000L, 4 * KIB);

  /** The IOAPIC's registers. */
  public static final AddressRange IOAPIC = new AddressRange(0xfec0_0000L, 0x20);

  /** A trusted platform module's registers. */
  public static final AddressRange TPM = new AddressRange(0xfed4_0000L, 4 * KIB);

  /** The local APIC's registers. */
  public static final AddressRange LOCAL_APIC = new AddressRange(0xfee0_0000L, 4 * KIB);

  /** Where RAM goes on above the hole. */
  public static final long RAM_64 = 4 * GIB;

  /** Physical address bits that a guest is told at most. */
  public static final int MAX_PHYSICAL_BITS = 46;

  // Ports.

  /** The first serial port, a 16550. */
  public static final AddressRange COM1 = new AddressRange(0x3f8, 8);

  /** The keyboard controller, with the ports around it. */
  public static final AddressRange I8042 = new AddressRange(0x61, 4);

  /** CMOS RAM and real-time clock. */
  public static final AddressRange CMOS = new AddressRange(0x70, 2);

  /** The debug port that marks stages of the boot. */
  public static final AddressRange DEBUG_PORT = new AddressRange(0x80, 1);

  /** The debug console of firmware (QEMU's and Bochs's). */
  public static final AddressRange DEBUG_CONSOLE = new AddressRange(0xe9, 1);

  /** The debug port of UEFI firmware. */
  public static final AddressRange FIRMWARE_DEBUG_PORT = new AddressRange(0x402, 1);

  /** Firmware configuration. */
  public static final AddressRange FW_CFG = new AddressRange(0x510, 12);

  /** ACPI sleep control, sleep status and reset register. */
  public static final AddressRange ACPI_SHUTDOWN = new AddressRange(0x600, 1);

  /** The ACPI power management timer. */
  public static final AddressRange PM_TIMER = new AddressRange(0x608, 4);

  /** The watchdog, which Cloud Hypervisor has as a virtio device instead. */
  public static final AddressRange WATCHDOG = new AddressRange(0x620, 16);

  /** PCI configuration address and data. */
  public static final AddressRange PCI_CONFIG_PORTS = new AddressRange(0xcf8, 8);

  // Pins of the IOAPIC.

  /** The pins of the IOAPIC. */
  public static final int IOAPIC_PINS = 24;

  /** The pin of the first serial port. */
  public static final int COM1_PIN = 4;

  /** The first pin that has no fixed meaning. */
  public static final int FIRST_FREE_PIN = 5;

  private PlatformLayout() {}

  /**
   * The RAM that holds boot structures and firmware tables; nothing of a kernel may be loaded
   * there.
   */
  public static List<AddressRange> bootStructures() {
    return List.of(
        new AddressRange(0, CMDLINE + CMDLINE_SIZE), new AddressRange(EBDA, HIGH_RAM - EBDA));
  }
}
