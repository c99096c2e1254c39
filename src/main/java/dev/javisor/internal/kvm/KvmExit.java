package dev.javisor.internal.kvm;

import java.nio.ByteBuffer;

/**
 * Why a vCPU left the guest, and with what: the shared page of KVM_RUN. One object a vCPU serves
 * all its exits, so that an exit allocates nothing.
 *
 * <p>Source: KVM api.rst, "The kvm_run structure". Threading: the vCPU's thread, between two runs.
 */
public final class KvmExit {
  public static final int IO = KvmNumbers.KVM_EXIT_IO;
  public static final int MMIO = KvmNumbers.KVM_EXIT_MMIO;
  public static final int HLT = KvmNumbers.KVM_EXIT_HLT;
  public static final int SHUTDOWN = KvmNumbers.KVM_EXIT_SHUTDOWN;
  public static final int FAIL_ENTRY = KvmNumbers.KVM_EXIT_FAIL_ENTRY;
  public static final int INTR = KvmNumbers.KVM_EXIT_INTR;
  public static final int INTERNAL_ERROR = KvmNumbers.KVM_EXIT_INTERNAL_ERROR;
  public static final int SYSTEM_EVENT = KvmNumbers.KVM_EXIT_SYSTEM_EVENT;
  public static final int IOAPIC_EOI = KvmNumbers.KVM_EXIT_IOAPIC_EOI;

  /** One more than the highest reason that is counted by its own number. */
  public static final int REASONS = 48;

  private static final int IO_OUT = 1;
  private static final int EMULATION_FLAG_INSTRUCTION_BYTES = 1;

  private final ByteBuffer run;

  KvmExit(ByteBuffer run) {
    this.run = run;
  }

  /** {@link #IO}: whether the guest writes. */
  public boolean ioIsWrite() {
    return run.get(KvmStructs.KVM_RUN_IO_DIRECTION) == IO_OUT;
  }

  /** {@link #IO}: width of each access in bytes, 1, 2 or 4. */
  public int ioSize() {
    return run.get(KvmStructs.KVM_RUN_IO_SIZE);
  }

  /** {@link #IO}: the port. */
  public int ioPort() {
    return Short.toUnsignedInt(run.getShort(KvmStructs.KVM_RUN_IO_PORT));
  }

  /** {@link #IO}: how many accesses, more than one for string instructions; what fits in a page. */
  public int ioCount() {
    return run.getInt(KvmStructs.KVM_RUN_IO_COUNT);
  }

  /** {@link #IO}: the value of the access numbered {@code i}, zero-extended. */
  public long ioValue(int i) {
    return value(ioDataOffset(i), ioSize());
  }

  /** {@link #IO}: answers the access numbered {@code i}. */
  public void setIoValue(int i, long value) {
    setValue(ioDataOffset(i), ioSize(), value);
  }

  /** {@link #MMIO}: the guest physical address. */
  public long mmioAddress() {
    return run.getLong(KvmStructs.KVM_RUN_MMIO_PHYS_ADDR);
  }

  /** {@link #MMIO}: the width in bytes, 1 to 8. */
  public int mmioLength() {
    return run.getInt(KvmStructs.KVM_RUN_MMIO_LEN);
  }

  /** {@link #MMIO}: whether the guest writes. */
  public boolean mmioIsWrite() {
    return run.get(KvmStructs.KVM_RUN_MMIO_IS_WRITE) != 0;
  }

  /** {@link #MMIO}: the value, zero-extended. */
  public long mmioValue() {
    return value(KvmStructs.KVM_RUN_MMIO_DATA, mmioLength());
  }

  /** {@link #MMIO}: answers the access. */
  public void setMmioValue(long value) {
    setValue(KvmStructs.KVM_RUN_MMIO_DATA, mmioLength(), value);
  }

  /** {@link #IOAPIC_EOI}: the vector whose interrupt the guest has ended. */
  public int eoiVector() {
    return Byte.toUnsignedInt(run.get(KvmStructs.KVM_RUN_EOI_VECTOR));
  }

  /** {@link #SYSTEM_EVENT}: KVM_SYSTEM_EVENT_ and a number. */
  public int systemEventType() {
    return run.getInt(KvmStructs.KVM_RUN_SYSTEM_EVENT_TYPE);
  }

  /** {@link #SYSTEM_EVENT}: whether it is a shutdown that the guest asked for. */
  public boolean systemEventIsShutdown() {
    return systemEventType() == KvmNumbers.KVM_SYSTEM_EVENT_SHUTDOWN;
  }

  /** {@link #SYSTEM_EVENT}: whether it is a reset that the guest asked for. */
  public boolean systemEventIsReset() {
    return systemEventType() == KvmNumbers.KVM_SYSTEM_EVENT_RESET;
  }

  /** {@link #FAIL_ENTRY} and {@link #INTERNAL_ERROR}: the cause in words, with its numbers. */
  public String describeFailure(int reason) {
    if (reason == FAIL_ENTRY) {
      return "KVM_EXIT_FAIL_ENTRY: the CPU refused to enter the guest, hardware reason 0x%x on CPU %d"
          .formatted(
              run.getLong(KvmStructs.KVM_RUN_FAIL_ENTRY_HARDWARE_ENTRY_FAILURE_REASON),
              run.getInt(KvmStructs.KVM_RUN_FAIL_ENTRY_CPU));
    }
    if (reason != INTERNAL_ERROR) {
      return KvmExitNames.of(reason) + ": Javisor does not know this exit";
    }
    int suberror = run.getInt(KvmStructs.KVM_RUN_INTERNAL_SUBERROR);
    StringBuilder text = new StringBuilder("KVM_EXIT_INTERNAL_ERROR: ");
    text.append(KvmExitNames.ofSuberror(suberror))
        .append(" (suberror ")
        .append(suberror)
        .append(')');
    int count = Math.min(16, Math.max(0, run.getInt(KvmStructs.KVM_RUN_INTERNAL_NDATA)));
    if (suberror == KvmNumbers.KVM_INTERNAL_ERROR_EMULATION && count >= 4) {
      appendInstruction(text);
    } else {
      for (int i = 0; i < count; i++) {
        text.append(i == 0 ? ", data" : "");
        text.append(" 0x%x".formatted(run.getLong(KvmStructs.KVM_RUN_INTERNAL_DATA + 8 * i)));
      }
    }
    return text.toString();
  }

  private void appendInstruction(StringBuilder text) {
    long flags = run.getLong(KvmStructs.KVM_RUN_EMULATION_FAILURE_FLAGS);
    if ((flags & EMULATION_FLAG_INSTRUCTION_BYTES) == 0) {
      text.append("; it cannot read it either: the guest may have jumped to where it has no RAM");
      return;
    }
    int size =
        Math.min(15, Byte.toUnsignedInt(run.get(KvmStructs.KVM_RUN_EMULATION_FAILURE_INSN_SIZE)));
    text.append(", instruction bytes");
    for (int i = 0; i < size; i++) {
      text.append(" %02x".formatted(run.get(KvmStructs.KVM_RUN_EMULATION_FAILURE_INSN_BYTES + i)));
    }
  }

  private int ioDataOffset(int i) {
    return (int) run.getLong(KvmStructs.KVM_RUN_IO_DATA_OFFSET) + i * ioSize();
  }

  private long value(int at, int size) {
    return switch (size) {
      case 1 -> Byte.toUnsignedLong(run.get(at));
      case 2 -> Short.toUnsignedLong(run.getShort(at));
      case 4 -> Integer.toUnsignedLong(run.getInt(at));
      default -> size == 8 ? run.getLong(at) : run.getLong(at) & (1L << 8 * size) - 1;
    };
  }

  private void setValue(int at, int size, long value) {
    switch (size) {
      case 1 -> run.put(at, (byte) value);
      case 2 -> run.putShort(at, (short) value);
      case 4 -> run.putInt(at, (int) value);
      case 8 -> run.putLong(at, value);
      default -> {
        for (int i = 0; i < size; i++) {
          run.put(at + i, (byte) (value >>> 8 * i));
        }
      }
    }
  }
}
