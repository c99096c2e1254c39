package dev.javisor.internal.acpi.aml;

/**
 * A piece of AML that encodes itself: an object, a statement, an expression, or a sequence of them.
 *
 * <p>Terms are immutable and may be used several times and from any thread. A device that adds
 * itself to the DSDT implements this interface, or has a method that returns one.
 */
@FunctionalInterface
public interface AmlTerm {
  /** Appends the encoding of this term. */
  void appendTo(AmlOutput out);

  /** The encoding of this term alone. */
  default byte[] toBytes() {
    AmlOutput out = new AmlOutput();
    appendTo(out);
    return out.toByteArray();
  }
}
