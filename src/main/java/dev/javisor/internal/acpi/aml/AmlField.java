package dev.javisor.internal.acpi.aml;

/**
 * One element of a field list: named bits of an operation region, or a gap.
 *
 * <p>Spec: ACPI 6.5 §20.2.5.2, FieldList.
 */
public final class AmlField implements AmlTerm {
  private static final int MAX_BITS = 1 << 27;

  private final AmlTerm name;
  private final int bits;

  private AmlField(AmlTerm name, int bits) {
    if (bits < 1 || bits >= MAX_BITS) {
      throw new IllegalArgumentException("an AML field of %d bits".formatted(bits));
    }
    this.name = name;
    this.bits = bits;
  }

  /** Bits that get a name, of one segment. */
  public static AmlField named(String name, int bits) {
    return new AmlField(AmlName.segment(name), bits);
  }

  /** Bits that nothing refers to. */
  public static AmlField reserved(int bits) {
    return new AmlField(out -> out.appendByte(0), bits);
  }

  @Override
  public void appendTo(AmlOutput out) {
    out.appendTerms(name).appendBitCount(bits);
  }
}
