package dev.javisor.internal.acpi.aml;

import java.util.List;

/**
 * What has a value: variables, paths, calls, arithmetic and comparisons.
 *
 * <p>Arithmetic here has no target: its value is used where it stands, or put away by {@link
 * AmlStatements#store}. True is all ones, false is zero.
 *
 * <p>Spec: ACPI 6.5 §20.2.5.4 (expressions), §20.2.6 (arguments and locals).
 */
public final class AmlExpressions {
  private static final int NULL_TARGET = 0x00;
  private static final int LOCAL0_OP = 0x60;
  private static final int ARG0_OP = 0x68;
  private static final int ADD_OP = 0x72;
  private static final int SUBTRACT_OP = 0x74;
  private static final int SHIFT_LEFT_OP = 0x79;
  private static final int SHIFT_RIGHT_OP = 0x7a;
  private static final int AND_OP = 0x7b;
  private static final int OR_OP = 0x7d;
  private static final int LAND_OP = 0x90;
  private static final int LOR_OP = 0x91;
  private static final int LNOT_OP = 0x92;
  private static final int LEQUAL_OP = 0x93;
  private static final int LGREATER_OP = 0x94;
  private static final int LLESS_OP = 0x95;

  private AmlExpressions() {}

  /** A variable of the running method, 0 to 7. */
  public static AmlTerm local(int index) {
    return variable(LOCAL0_OP, index, 8);
  }

  /** An argument of the running method, 0 to 6. */
  public static AmlTerm arg(int index) {
    return variable(ARG0_OP, index, 7);
  }

  private static AmlTerm variable(int firstOp, int index, int count) {
    if (index < 0 || index >= count) {
      throw new IllegalArgumentException("no AML variable has the index " + index);
    }
    return out -> out.appendByte(firstOp + index);
  }

  /** The object at a path: a name's value, a field, or (in a notification) a device. */
  public static AmlTerm path(String path) {
    return AmlName.path(path);
  }

  /** Calls a method; the caller sees to it that the number of arguments is right. */
  public static AmlTerm call(String path, AmlTerm... arguments) {
    AmlName name = AmlName.path(path);
    AmlTerm list = AmlObjects.sequence(List.of(arguments));
    return out -> out.appendTerms(name, list);
  }

  /** {@code left + right}, modulo 2<sup>64</sup>. */
  public static AmlTerm add(AmlTerm left, AmlTerm right) {
    return binary(ADD_OP, left, right);
  }

  /** {@code left - right}, modulo 2<sup>64</sup>. */
  public static AmlTerm subtract(AmlTerm left, AmlTerm right) {
    return binary(SUBTRACT_OP, left, right);
  }

  /** {@code left << bits}. */
  public static AmlTerm shiftLeft(AmlTerm left, AmlTerm bits) {
    return binary(SHIFT_LEFT_OP, left, bits);
  }

  /** {@code left >>> bits}. */
  public static AmlTerm shiftRight(AmlTerm left, AmlTerm bits) {
    return binary(SHIFT_RIGHT_OP, left, bits);
  }

  /** The bits that both have. */
  public static AmlTerm bitAnd(AmlTerm left, AmlTerm right) {
    return binary(AND_OP, left, right);
  }

  /** The bits that either has. */
  public static AmlTerm bitOr(AmlTerm left, AmlTerm right) {
    return binary(OR_OP, left, right);
  }

  /** Whether both are true. */
  public static AmlTerm logicalAnd(AmlTerm left, AmlTerm right) {
    return logical(LAND_OP, left, right);
  }

  /** Whether either is true. */
  public static AmlTerm logicalOr(AmlTerm left, AmlTerm right) {
    return logical(LOR_OP, left, right);
  }

  /** Whether it is false. */
  public static AmlTerm logicalNot(AmlTerm value) {
    return logical(LNOT_OP, value);
  }

  /** Whether the two are equal; integers, strings or buffers. */
  public static AmlTerm equal(AmlTerm left, AmlTerm right) {
    return logical(LEQUAL_OP, left, right);
  }

  /** Whether {@code left > right}, unsigned. */
  public static AmlTerm greater(AmlTerm left, AmlTerm right) {
    return logical(LGREATER_OP, left, right);
  }

  /** Whether {@code left < right}, unsigned. */
  public static AmlTerm less(AmlTerm left, AmlTerm right) {
    return logical(LLESS_OP, left, right);
  }

  private static AmlTerm binary(int op, AmlTerm left, AmlTerm right) {
    return out -> out.appendByte(op).appendTerms(left, right).appendByte(NULL_TARGET);
  }

  private static AmlTerm logical(int op, AmlTerm... operands) {
    return out -> out.appendByte(op).appendTerms(operands);
  }
}
