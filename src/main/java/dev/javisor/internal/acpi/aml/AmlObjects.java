package dev.javisor.internal.acpi.aml;

import java.util.List;

/**
 * Named objects: scopes, devices, names, methods, operation regions and their fields, mutexes.
 *
 * <p>Spec: ACPI 6.5 §20.2.5.1 (name space modifiers), §20.2.5.2 (named objects).
 */
public final class AmlObjects {
  private static final int NAME_OP = 0x08;
  private static final int SCOPE_OP = 0x10;
  private static final int METHOD_OP = 0x14;
  private static final int EXT_PREFIX = 0x5b;
  private static final int MUTEX_OP = 0x01;
  private static final int REGION_OP = 0x80;
  private static final int FIELD_OP = 0x81;
  private static final int DEVICE_OP = 0x82;
  private static final int CREATE_DWORD_FIELD_OP = 0x8a;
  private static final int CREATE_QWORD_FIELD_OP = 0x8f;

  private static final int METHOD_SERIALIZED = 1 << 3;
  private static final int MAX_ARGUMENTS = 7;

  private AmlObjects() {}

  /** Whether several threads of the guest may run a method at once. */
  public enum Concurrency {
    /** One at a time. Needed where a method declares names. */
    SERIALIZED,
    /** As many as come. */
    NOT_SERIALIZED
  }

  /** Where an operation region lies (ACPI 6.5 §19.6.100). */
  public enum RegionSpace {
    SYSTEM_MEMORY(0),
    SYSTEM_IO(1),
    PCI_CONFIG(2);

    final int code;

    RegionSpace(int code) {
      this.code = code;
    }
  }

  /** How wide accesses to a field's region are. */
  public enum AccessWidth {
    ANY(0),
    BYTE(1),
    WORD(2),
    DWORD(3),
    QWORD(4);

    final int code;

    AccessWidth(int code) {
      this.code = code;
    }
  }

  /** What a write does to the bits beside the written ones in the same access. */
  public enum UpdateRule {
    PRESERVE(0),
    WRITE_AS_ONES(1),
    WRITE_AS_ZEROS(2);

    final int code;

    UpdateRule(int code) {
      this.code = code;
    }
  }

  /** Terms one after the other, without anything around them. */
  public static AmlTerm sequence(List<? extends AmlTerm> terms) {
    List<AmlTerm> copy = List.copyOf(terms);
    return out -> copy.forEach(term -> term.appendTo(out));
  }

  private static AmlTerm sequence(AmlTerm... terms) {
    return sequence(List.of(terms));
  }

  /** Opens an existing scope, such as {@code \_SB}, for more objects. */
  public static AmlTerm scope(String path, AmlTerm... objects) {
    AmlTerm[] content = prepend(AmlName.path(path), objects);
    return out -> out.appendByte(SCOPE_OP).appendPackage(content);
  }

  /** A device and what belongs to it. */
  public static AmlTerm device(String path, AmlTerm... objects) {
    AmlTerm[] content = prepend(AmlName.path(path), objects);
    return out -> out.appendByte(EXT_PREFIX).appendByte(DEVICE_OP).appendPackage(content);
  }

  /** A name for a data object. */
  public static AmlTerm name(String path, AmlTerm value) {
    AmlName name = AmlName.path(path);
    return out -> out.appendByte(NAME_OP).appendTerms(name, value);
  }

  /**
   * A control method.
   *
   * @param arguments how many it takes, 0 to 7
   */
  public static AmlTerm method(
      String path, int arguments, Concurrency concurrency, AmlTerm... statements) {
    if (arguments < 0 || arguments > MAX_ARGUMENTS) {
      throw new IllegalArgumentException("an AML method with %d arguments".formatted(arguments));
    }
    int flags = arguments | (concurrency == Concurrency.SERIALIZED ? METHOD_SERIALIZED : 0);
    AmlTerm head = sequence(AmlName.path(path), out -> out.appendByte(flags));
    AmlTerm[] content = prepend(head, statements);
    return out -> out.appendByte(METHOD_OP).appendPackage(content);
  }

  /**
   * A region of an address space that fields can be laid over.
   *
   * @param offset its first address
   * @param length in bytes
   */
  public static AmlTerm operationRegion(String path, RegionSpace space, long offset, long length) {
    AmlName name = AmlName.path(path);
    return out ->
        out.appendByte(EXT_PREFIX)
            .appendByte(REGION_OP)
            .appendTerms(name)
            .appendByte(space.code)
            .appendTerms(AmlData.integer(offset), AmlData.integer(length));
  }

  /** Names for the bits of an operation region, in order; accessed without the global lock. */
  public static AmlTerm field(
      String region, AccessWidth width, UpdateRule rule, AmlField... fields) {
    int flags = width.code | (rule.code << 5);
    AmlTerm head = sequence(AmlName.path(region), out -> out.appendByte(flags));
    AmlTerm[] content = prepend(head, fields);
    return out -> out.appendByte(EXT_PREFIX).appendByte(FIELD_OP).appendPackage(content);
  }

  /** A mutex of sync level 0. */
  public static AmlTerm mutex(String path) {
    AmlName name = AmlName.path(path);
    return out -> out.appendByte(EXT_PREFIX).appendByte(MUTEX_OP).appendTerms(name).appendByte(0);
  }

  /** A name for 32 bits of a buffer, at a byte offset. */
  public static AmlTerm createDwordField(AmlTerm buffer, int byteOffset, String path) {
    return createField(CREATE_DWORD_FIELD_OP, buffer, byteOffset, path);
  }

  /** A name for 64 bits of a buffer, at a byte offset. */
  public static AmlTerm createQwordField(AmlTerm buffer, int byteOffset, String path) {
    return createField(CREATE_QWORD_FIELD_OP, buffer, byteOffset, path);
  }

  private static AmlTerm createField(int op, AmlTerm buffer, int byteOffset, String path) {
    AmlName name = AmlName.path(path);
    return out -> out.appendByte(op).appendTerms(buffer, AmlData.integer(byteOffset), name);
  }

  private static AmlTerm[] prepend(AmlTerm first, AmlTerm... rest) {
    AmlTerm[] all = new AmlTerm[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }
}
