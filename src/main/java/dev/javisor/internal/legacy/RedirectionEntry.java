package dev.javisor.internal.legacy;

/**
 * An entry of an I/O APIC's redirection table.
 *
 * <pre>
 *  63      56 55      49 48     17  16   15     14      13       12      11     10   8 7      0
 * +----------+----------+---------+----+-----+------+--------+---------+------+-------+--------+
 * |dest. 7:0 |dest. 14:8|reserved |mask|level|remote|polarity|delivery |logic.|deliv. | vector |
 * |          |(extended)|         |    |     |IRR   |        |status   |dest. |mode   |        |
 * +----------+----------+---------+----+-----+------+--------+---------+------+-------+--------+
 * </pre>
 *
 * <p>Spec: 82093AA data sheet, section 3.2.4; SDM vol. 3 §11.11 (message format); the extended
 * destination is KVM's and Linux' (KVM cpuid.rst KVM_FEATURE_MSI_EXT_DEST_ID).
 */
final class RedirectionEntry {
  /** All pins are masked at reset. */
  static final long RESET = 0x1_0000;

  static final long REMOTE_IRR = 1L << 14;

  private static final long LOGICAL = 1L << 11;
  private static final long LEVEL = 1L << 15;
  private static final long MASKED = 1L << 16;

  /** What a guest can write in the lower half: all but delivery status and remote IRR. */
  private static final long LOW_WRITABLE = 0x1_afff;

  private static final long DESTINATION = 0xff00_0000_0000_0000L;
  private static final long EXTENDED_DESTINATION = 0xfffe_0000_0000_0000L;

  private static final long MSI_BASE = 0xfee0_0000L;
  private static final int FIRST_VECTOR = 16;

  private static final int FIXED = 0;
  private static final int LOWEST_PRIORITY = 1;
  private static final int SMI = 2;
  private static final int NMI = 4;
  private static final int INIT = 5;

  private RedirectionEntry() {}

  /** The bits that an entry can have. */
  static long mask(boolean extended) {
    return LOW_WRITABLE | REMOTE_IRR | (extended ? EXTENDED_DESTINATION : DESTINATION);
  }

  static int vector(long entry) {
    return (int) entry & 0xff;
  }

  static boolean isLevel(long entry) {
    return (entry & LEVEL) != 0;
  }

  static boolean isInService(long entry) {
    return (entry & REMOTE_IRR) != 0;
  }

  /**
   * The entry with its lower half written by a guest. An edge-triggered entry has no remote IRR:
   * systems clear a stuck one by switching to edge and back.
   */
  static long withLow(long entry, int value) {
    long next = (entry & ~LOW_WRITABLE) | (value & LOW_WRITABLE);
    return isLevel(next) ? next : next & ~REMOTE_IRR;
  }

  /** The entry with its upper half written by a guest. */
  static long withHigh(long entry, int value, boolean extended) {
    long writable = extended ? EXTENDED_DESTINATION : DESTINATION;
    return (entry & 0xffff_ffffL) | (((long) value << 32) & writable);
  }

  /**
   * Whether the entry raises no interrupt: masked, or of a kind that reaches no CPU: a reserved
   * delivery mode or vector, or ExtINT, as no PIC stands behind.
   */
  static boolean isSilent(long entry) {
    if ((entry & MASKED) != 0) {
      return true;
    }
    return switch (deliveryMode(entry)) {
      case FIXED, LOWEST_PRIORITY -> vector(entry) < FIRST_VECTOR;
      case SMI, NMI, INIT -> false;
      default -> true;
    };
  }

  private static int deliveryMode(long entry) {
    return (int) (entry >>> 8) & 0x7;
  }

  /** The address of the entry's message; bits 11:5 take the extended destination. */
  static long msiAddress(long entry) {
    long destination = entry >>> 56;
    long extended = (entry >>> 49) & 0x7f;
    long logical = (entry & LOGICAL) != 0 ? 1 << 2 : 0;
    return MSI_BASE | destination << 12 | extended << 5 | logical;
  }

  /** The data of the entry's message. */
  static int msiData(long entry) {
    int level = isLevel(entry) ? 0x3 << 14 : 0;
    return level | deliveryMode(entry) << 8 | vector(entry);
  }
}
