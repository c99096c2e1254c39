package dev.javisor.internal.acpi.aml;

import java.util.List;

/**
 * Resource templates and their descriptors: what a device decodes and raises.
 *
 * <p>Address ranges have fixed ends, positive decoding, no translation; all addresses are
 * inclusive.
 *
 * <p>Spec: ACPI 6.5 §6.4.2 (small descriptors), §6.4.3 (large descriptors).
 */
public final class AmlResources {
  private static final int IO_PORT_TAG = 0x47;
  private static final int END_TAG = 0x79;
  private static final int REGISTER_TAG = 0x82;
  private static final int MEMORY32_FIXED_TAG = 0x86;
  private static final int DWORD_SPACE_TAG = 0x87;
  private static final int WORD_SPACE_TAG = 0x88;
  private static final int EXTENDED_INTERRUPT_TAG = 0x89;
  private static final int QWORD_SPACE_TAG = 0x8a;

  private static final int DECODE_16 = 1;
  private static final int READ_WRITE = 1;
  private static final int CONSUMER = 1;
  private static final int EDGE = 1 << 1;
  private static final int ACTIVE_LOW = 1 << 2;
  private static final int SHARED = 1 << 3;
  private static final int MIN_AND_MAX_FIXED = 0xc;
  private static final int ENTIRE_IO_RANGE = 3;

  private static final int SPACE_MEMORY = 0;
  private static final int SPACE_IO = 1;
  private static final int SPACE_BUS_NUMBER = 2;

  private AmlResources() {}

  /** How an interrupt is signalled. */
  public enum Trigger {
    /** A rising edge, one device a line. */
    EDGE_HIGH(EDGE),
    /** A high level, one device a line. */
    LEVEL_HIGH(0),
    /** A low level that devices share, as PCI's INTx pins do. */
    LEVEL_LOW_SHARED(ACTIVE_LOW | SHARED);

    final int flags;

    Trigger(int flags) {
      this.flags = flags;
    }
  }

  /** Whether a device uses a range itself or hands it on to the devices behind it. */
  public enum Usage {
    /** A bridge's window. */
    PRODUCER,
    /** A device's own registers. */
    CONSUMER
  }

  /** How the guest may cache a range of memory. */
  public enum Caching {
    NON_CACHEABLE(0),
    CACHEABLE(1),
    WRITE_COMBINING(2),
    PREFETCHABLE(3);

    final int code;

    Caching(int code) {
      this.code = code;
    }
  }

  /** A buffer of descriptors, with the end tag. */
  public static AmlTerm resourceTemplate(AmlTerm... descriptors) {
    return resourceTemplate(List.of(descriptors));
  }

  /** A buffer of descriptors, with the end tag. */
  public static AmlTerm resourceTemplate(List<? extends AmlTerm> descriptors) {
    AmlOutput bytes = new AmlOutput();
    descriptors.forEach(descriptor -> descriptor.appendTo(bytes));
    // A checksum of 0 stands for "correct"; iasl writes it so too.
    bytes.appendByte(END_TAG).appendByte(0);
    return AmlData.buffer(bytes.toByteArray());
  }

  /**
   * I/O ports that cannot be moved.
   *
   * @param base the first port
   * @param length the number of ports, 1 to 255
   */
  public static AmlTerm ioPorts(int base, int length) {
    if (base < 0 || length < 1 || length > 0xff || base + length > 0x10000) {
      throw new IllegalArgumentException(
          "not a range of ports: base 0x%x, length 0x%x".formatted(base, length));
    }
    return out ->
        out.appendByte(IO_PORT_TAG)
            .appendByte(DECODE_16)
            .appendWord(base)
            .appendWord(base)
            .appendByte(1)
            .appendByte(length);
  }

  /** An interrupt that the device raises, by its gsi. */
  public static AmlTerm interrupt(Trigger trigger, int gsi) {
    return out ->
        out.appendByte(EXTENDED_INTERRUPT_TAG)
            .appendWord(6)
            .appendByte(CONSUMER | trigger.flags)
            .appendByte(1)
            .appendDword(gsi);
  }

  /**
   * Memory below 4 GiB that the device decodes, readable and writable.
   *
   * @param base the first gpa
   * @param length in bytes
   */
  public static AmlTerm memory32Fixed(long base, long length) {
    checkRange(base, base + length - 1, 1L << 32);
    return out ->
        out.appendByte(MEMORY32_FIXED_TAG)
            .appendWord(9)
            .appendByte(READ_WRITE)
            .appendDword(base)
            .appendDword(length);
  }

  /** Bus numbers that a bridge hands on. */
  public static AmlTerm wordBusNumber(int first, int last) {
    return wordSpace(SPACE_BUS_NUMBER, 0, first, last);
  }

  /** I/O ports that a bridge hands on. */
  public static AmlTerm wordIo(int first, int last) {
    return wordSpace(SPACE_IO, ENTIRE_IO_RANGE, first, last);
  }

  private static AmlTerm wordSpace(int type, int typeFlags, int first, int last) {
    checkRange(first, last, 1L << 16);
    return out ->
        appendSpaceHead(out, WORD_SPACE_TAG, 13, type, Usage.PRODUCER, typeFlags)
            .appendWord(0)
            .appendWord(first)
            .appendWord(last)
            .appendWord(0)
            .appendWord(last - first + 1);
  }

  /** Memory below 4 GiB, readable and writable. */
  public static AmlTerm dwordMemory(Usage usage, Caching caching, long first, long last) {
    checkRange(first, last, 1L << 32);
    return out ->
        appendSpaceHead(out, DWORD_SPACE_TAG, 23, SPACE_MEMORY, usage, memoryFlags(caching))
            .appendDword(0)
            .appendDword(first)
            .appendDword(last)
            .appendDword(0)
            .appendDword(last - first + 1);
  }

  /** Memory anywhere, readable and writable. */
  public static AmlTerm qwordMemory(Usage usage, Caching caching, long first, long last) {
    checkRange(first, last, Long.MAX_VALUE);
    return out ->
        appendSpaceHead(out, QWORD_SPACE_TAG, 43, SPACE_MEMORY, usage, memoryFlags(caching))
            .appendQword(0)
            .appendQword(first)
            .appendQword(last)
            .appendQword(0)
            .appendQword(last - first + 1);
  }

  /**
   * A register at a fixed place (ACPI 6.5 §6.4.3.7), accessed as a whole.
   *
   * @param bits 8, 16, 32 or 64
   */
  public static AmlTerm register(AmlObjects.RegionSpace space, int bits, long address) {
    if (Integer.bitCount(bits) != 1 || bits < 8 || bits > 64) {
      throw new IllegalArgumentException("a register of %d bits".formatted(bits));
    }
    int accessSize = Integer.numberOfTrailingZeros(bits) - 2;
    return out ->
        out.appendByte(REGISTER_TAG)
            .appendWord(12)
            .appendByte(space.code)
            .appendByte(bits)
            .appendByte(0)
            .appendByte(accessSize)
            .appendQword(address);
  }

  private static AmlOutput appendSpaceHead(
      AmlOutput out, int tag, int length, int type, Usage usage, int typeFlags) {
    return out.appendByte(tag)
        .appendWord(length)
        .appendByte(type)
        .appendByte(MIN_AND_MAX_FIXED | (usage == Usage.CONSUMER ? CONSUMER : 0))
        .appendByte(typeFlags);
  }

  private static int memoryFlags(Caching caching) {
    return READ_WRITE | (caching.code << 1);
  }

  private static void checkRange(long first, long last, long limit) {
    if (first < 0 || last < first || last >= limit) {
      throw new IllegalArgumentException(
          "not a range of addresses: first 0x%x, last 0x%x".formatted(first, last));
    }
  }
}
