package dev.javisor.internal.acpi.aml;

import java.util.List;

/**
 * What a method does: assignments, notifications, branches and loops.
 *
 * <p>Spec: ACPI 6.5 §20.2.5.3 (statements).
 */
public final class AmlStatements {
  private static final int STORE_OP = 0x70;
  private static final int NOTIFY_OP = 0x86;
  private static final int IF_OP = 0xa0;
  private static final int ELSE_OP = 0xa1;
  private static final int WHILE_OP = 0xa2;
  private static final int RETURN_OP = 0xa4;
  private static final int BREAK_OP = 0xa5;
  private static final int EXT_PREFIX = 0x5b;
  private static final int ACQUIRE_OP = 0x23;
  private static final int RELEASE_OP = 0x27;

  private static final int WAIT_FOREVER = 0xffff;

  private AmlStatements() {}

  /** Puts a value away. */
  public static AmlTerm store(AmlTerm value, AmlTerm target) {
    return out -> out.appendByte(STORE_OP).appendTerms(value, target);
  }

  /** Tells the guest's driver of a device that something happened (ACPI 6.5 §5.6.6). */
  public static AmlTerm notifyDevice(String device, AmlTerm event) {
    AmlName name = AmlName.path(device);
    return out -> out.appendByte(NOTIFY_OP).appendTerms(name, event);
  }

  /** Runs the statements if the condition is not zero. */
  public static AmlTerm when(AmlTerm condition, AmlTerm... statements) {
    AmlTerm block = block(statements);
    return out -> out.appendByte(IF_OP).appendPackage(condition, block);
  }

  /** Runs the statements if the {@link #when} right before it did not. */
  public static AmlTerm otherwise(AmlTerm... statements) {
    AmlTerm block = block(statements);
    return out -> out.appendByte(ELSE_OP).appendPackage(block);
  }

  /** Runs the statements as long as the condition is not zero. */
  public static AmlTerm loop(AmlTerm condition, AmlTerm... statements) {
    AmlTerm block = block(statements);
    return out -> out.appendByte(WHILE_OP).appendPackage(condition, block);
  }

  /** Leaves the innermost loop. */
  public static AmlTerm leaveLoop() {
    return out -> out.appendByte(BREAK_OP);
  }

  /** Ends the method with a value. */
  public static AmlTerm returnValue(AmlTerm value) {
    return out -> out.appendByte(RETURN_OP).appendTerms(value);
  }

  /** Takes a mutex, waiting as long as it takes. */
  public static AmlTerm acquire(String mutex) {
    AmlName name = AmlName.path(mutex);
    return out ->
        out.appendByte(EXT_PREFIX)
            .appendByte(ACQUIRE_OP)
            .appendTerms(name)
            .appendWord(WAIT_FOREVER);
  }

  /** Gives a mutex back. */
  public static AmlTerm release(String mutex) {
    AmlName name = AmlName.path(mutex);
    return out -> out.appendByte(EXT_PREFIX).appendByte(RELEASE_OP).appendTerms(name);
  }

  private static AmlTerm block(AmlTerm... statements) {
    return AmlObjects.sequence(List.of(statements));
  }
}
