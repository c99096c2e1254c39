package dev.javisor.internal.kvm;

import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.Mapping;
import dev.javisor.internal.sys.NativeBuffer;
import dev.javisor.internal.sys.NativeException;
import dev.javisor.internal.x86.CpuidEntry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A vCPU of KVM.
 *
 * <p>Threading: everything but {@link #requestImmediateExit} belongs to the one thread that runs
 * the vCPU, or, while that thread is known not to be in {@link #run}, to whoever owns the machine
 * then.
 *
 * <p>Errors: {@link NativeException} with the request's name.
 */
public final class KvmVcpu implements AutoCloseable {
  private final Fd fd;
  private final Mapping runMapping;
  private final ByteBuffer run;
  private final int xsaveSize;
  private final NativeBuffer registers = NativeBuffer.ofSize(KvmStructs.KVM_REGS_SIZE);

  KvmVcpu(Fd fd, Mapping run, int xsave2Size) {
    this.fd = fd;
    this.runMapping = run;
    this.run = run.view(0, (int) run.size()).order(ByteOrder.LITTLE_ENDIAN);
    this.xsaveSize = Math.max(xsave2Size, KvmStructs.KVM_XSAVE_SIZE);
  }

  /**
   * Runs the guest until it needs something: KVM api.rst KVM_RUN. Allocates nothing.
   *
   * @return the exit reason, one of {@link KvmExit}'s constants, or the negated errno: EINTR when a
   *     kick or an immediate exit was asked for
   */
  public int run() {
    long result = fd.tryIoctl(KvmNumbers.KVM_RUN, 0);
    return result < 0 ? (int) result : run.getInt(KvmStructs.KVM_RUN_EXIT_REASON);
  }

  /** The last exit's particulars. */
  public KvmExit exit() {
    return new KvmExit(run);
  }

  /**
   * Lets {@link #run} return at once, with EINTR, after it has finished what the last exit left
   * open: KVM api.rst, immediate_exit. Any thread.
   */
  public void requestImmediateExit(boolean wanted) {
    run.put(KvmStructs.KVM_RUN_IMMEDIATE_EXIT, (byte) (wanted ? 1 : 0));
  }

  /** Sets the signals that are blocked inside {@link #run}: KVM api.rst KVM_SET_SIGNAL_MASK. */
  public void setSignalMask(long mask) {
    NativeBuffer buffer = NativeBuffer.ofSize(KvmStructs.KVM_SIGNAL_MASK_SIGSET + Long.BYTES);
    buffer.bytes().putInt(0, Long.BYTES);
    buffer.bytes().putLong(KvmStructs.KVM_SIGNAL_MASK_SIGSET, mask);
    fd.ioctl("KVM_SET_SIGNAL_MASK", KvmNumbers.KVM_SET_SIGNAL_MASK, buffer);
  }

  /** Tells what CPUID answers: KVM api.rst KVM_SET_CPUID2. Before the first {@link #run}. */
  public void setCpuid(List<CpuidEntry> entries) {
    fd.ioctl("KVM_SET_CPUID2", KvmNumbers.KVM_SET_CPUID2, CpuidBuffer.write(entries));
  }

  /** What CPUID answers: KVM api.rst KVM_GET_CPUID2. */
  public List<CpuidEntry> cpuid() {
    for (int room = 128; ; room *= 2) {
      NativeBuffer buffer = CpuidBuffer.withRoomFor(room);
      try {
        fd.ioctl("KVM_GET_CPUID2", KvmNumbers.KVM_GET_CPUID2, buffer);
        return CpuidBuffer.read(buffer);
      } catch (NativeException e) {
        if (e.errno() != Errno.E2BIG || room > 4096) {
          throw e;
        }
      }
    }
  }

  /** Reads a general register. For several, mind that each call asks the kernel. */
  public long register(Register register) {
    fd.ioctl("KVM_GET_REGS", KvmNumbers.KVM_GET_REGS, registers);
    return registers.bytes().getLong(register.offset());
  }

  /** Reads all general registers into an array indexed by {@link Register#ordinal()}. */
  public long[] registers() {
    fd.ioctl("KVM_GET_REGS", KvmNumbers.KVM_GET_REGS, registers);
    long[] values = new long[Register.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = registers.bytes().getLong(i * Long.BYTES);
    }
    return values;
  }

  /** Sets all general registers, from an array indexed by {@link Register#ordinal()}. */
  public void setRegisters(long[] values) {
    for (int i = 0; i < Register.values().length; i++) {
      registers.bytes().putLong(i * Long.BYTES, values[i]);
    }
    fd.ioctl("KVM_SET_REGS", KvmNumbers.KVM_SET_REGS, registers);
  }

  /** The segment, control and table registers: KVM api.rst KVM_GET_SREGS. */
  public SpecialRegisters specialRegisters() {
    return new SpecialRegisters(
        get("KVM_GET_SREGS", KvmNumbers.KVM_GET_SREGS, KvmStructs.KVM_SREGS_SIZE));
  }

  /** KVM api.rst KVM_SET_SREGS. */
  public void setSpecialRegisters(SpecialRegisters registers) {
    fd.ioctl("KVM_SET_SREGS", KvmNumbers.KVM_SET_SREGS, registers.buffer());
  }

  /** Sets the x87 control word and MXCSR, everything else of the FPU to zero: KVM_SET_FPU. */
  public void setFpu(int controlWord, int mxcsr) {
    NativeBuffer fpu = NativeBuffer.ofSize(KvmStructs.KVM_FPU_SIZE);
    fpu.bytes().putShort(KvmStructs.KVM_FPU_FCW, (short) controlWord);
    fpu.bytes().putInt(KvmStructs.KVM_FPU_MXCSR, mxcsr);
    fd.ioctl("KVM_SET_FPU", KvmNumbers.KVM_SET_FPU, fpu);
  }

  /** The local APIC's register page: KVM api.rst KVM_GET_LAPIC. */
  public byte[] lapic() {
    return copy(get("KVM_GET_LAPIC", KvmNumbers.KVM_GET_LAPIC, KvmStructs.KVM_LAPIC_STATE_SIZE));
  }

  /** KVM api.rst KVM_SET_LAPIC. */
  public void setLapic(byte[] page) {
    Blob lapic = new Blob(page);
    checkSize("lapic", lapic, KvmStructs.KVM_LAPIC_STATE_SIZE);
    put("KVM_SET_LAPIC", KvmNumbers.KVM_SET_LAPIC, lapic);
  }

  /** Whether the vCPU has executed HLT and waits for an interrupt: KVM api.rst KVM_GET_MP_STATE. */
  public boolean isHalted() {
    return mpState() == KvmNumbers.KVM_MP_STATE_HALTED;
  }

  /** Whether the vCPU waits for another one to start it: KVM api.rst KVM_GET_MP_STATE. */
  public boolean isWaitingForStart() {
    return mpState() == KvmNumbers.KVM_MP_STATE_UNINITIALIZED;
  }

  /**
   * Tells the guest's paravirtual clock that the vCPU was stopped, lest its watchdogs bark: KVM
   * api.rst KVM_KVMCLOCK_CTRL.
   */
  public void notifyPaused() {
    long result = fd.tryIoctl(KvmNumbers.KVM_KVMCLOCK_CTRL, 0);
    // EINVAL: the guest has not set that clock up.
    if (result < 0 && result != -Errno.EINVAL) {
      throw new NativeException("ioctl(KVM_KVMCLOCK_CTRL)", (int) -result, fd.name());
    }
  }

  /**
   * Sets model-specific registers: KVM api.rst KVM_SET_MSRS.
   *
   * @throws NativeException EINVAL, naming the first one that KVM does not take
   */
  public void setMsrs(List<Msr> msrs) {
    long done = fd.ioctl("KVM_SET_MSRS", KvmNumbers.KVM_SET_MSRS, MsrBuffer.write(msrs));
    if (done < msrs.size()) {
      throw new NativeException(
          "ioctl(KVM_SET_MSRS)",
          Errno.EINVAL,
          "KVM does not take MSR 0x%x".formatted(msrs.get((int) done).index()));
    }
  }

  /** The values of those of these model-specific registers that KVM has: KVM_GET_MSRS. */
  public List<Msr> msrs(List<Integer> indices) {
    return MsrBuffer.readAll(fd, indices);
  }

  /**
   * Everything that the guest could tell apart. The vCPU must have been left by an immediate exit,
   * so that no access of it is half done.
   *
   * @param msrIndices the model-specific registers to save; see {@link Kvm#msrIndices()}
   */
  public VcpuState save(List<Integer> msrIndices) {
    long xsaveCall = KvmNumbers.KVM_GET_XSAVE;
    String xsaveName = "KVM_GET_XSAVE";
    if (xsaveSize > KvmStructs.KVM_XSAVE_SIZE) {
      xsaveCall = KvmNumbers.KVM_GET_XSAVE2;
      xsaveName = "KVM_GET_XSAVE2";
    }
    // MP state first: reading it lets KVM settle events that are under way.
    Blob mpState =
        blob("KVM_GET_MP_STATE", KvmNumbers.KVM_GET_MP_STATE, KvmStructs.KVM_MP_STATE_SIZE);
    return new VcpuState(
        VcpuState.VERSION,
        new Blob(copy(CpuidBuffer.write(cpuid()))),
        mpState,
        blob("KVM_GET_REGS", KvmNumbers.KVM_GET_REGS, KvmStructs.KVM_REGS_SIZE),
        blob("KVM_GET_SREGS", KvmNumbers.KVM_GET_SREGS, KvmStructs.KVM_SREGS_SIZE),
        blob(xsaveName, xsaveCall, xsaveSize),
        blob("KVM_GET_XCRS", KvmNumbers.KVM_GET_XCRS, KvmStructs.KVM_XCRS_SIZE),
        blob("KVM_GET_DEBUGREGS", KvmNumbers.KVM_GET_DEBUGREGS, KvmStructs.KVM_DEBUGREGS_SIZE),
        blob("KVM_GET_LAPIC", KvmNumbers.KVM_GET_LAPIC, KvmStructs.KVM_LAPIC_STATE_SIZE),
        blob(
            "KVM_GET_VCPU_EVENTS", KvmNumbers.KVM_GET_VCPU_EVENTS, KvmStructs.KVM_VCPU_EVENTS_SIZE),
        msrs(msrIndices),
        tscKhz());
  }

  /**
   * Takes over a saved state, in the order that KVM needs. The vCPU has not run yet.
   *
   * @throws IllegalArgumentException if the version is unknown or a structure has another size than
   *     here; nothing is changed then
   * @throws NativeException if KVM does not take what is in them; part of it may be changed then
   */
  public void restore(VcpuState state) {
    check(state);
    setCpuid(CpuidBuffer.read(state.cpuid()));
    if (state.tscKhz() != 0 && state.tscKhz() != tscKhz()) {
      fd.ioctl("KVM_SET_TSC_KHZ", KvmNumbers.KVM_SET_TSC_KHZ, state.tscKhz());
    }
    put("KVM_SET_MP_STATE", KvmNumbers.KVM_SET_MP_STATE, state.mpState());
    put("KVM_SET_REGS", KvmNumbers.KVM_SET_REGS, state.regs());
    put("KVM_SET_SREGS", KvmNumbers.KVM_SET_SREGS, state.sregs());
    put("KVM_SET_XSAVE", KvmNumbers.KVM_SET_XSAVE, state.xsave());
    put("KVM_SET_XCRS", KvmNumbers.KVM_SET_XCRS, state.xcrs());
    put("KVM_SET_DEBUGREGS", KvmNumbers.KVM_SET_DEBUGREGS, state.debugRegs());
    put("KVM_SET_LAPIC", KvmNumbers.KVM_SET_LAPIC, state.lapic());
    setMsrs(state.msrs());
    put("KVM_SET_VCPU_EVENTS", KvmNumbers.KVM_SET_VCPU_EVENTS, state.events());
  }

  private void check(VcpuState state) {
    if (state.version() != VcpuState.VERSION) {
      throw new IllegalArgumentException("unknown version of a vCPU state: " + state.version());
    }
    checkSize("mpState", state.mpState(), KvmStructs.KVM_MP_STATE_SIZE);
    checkSize("regs", state.regs(), KvmStructs.KVM_REGS_SIZE);
    checkSize("sregs", state.sregs(), KvmStructs.KVM_SREGS_SIZE);
    checkSize("xsave", state.xsave(), xsaveSize);
    checkSize("xcrs", state.xcrs(), KvmStructs.KVM_XCRS_SIZE);
    checkSize("debugRegs", state.debugRegs(), KvmStructs.KVM_DEBUGREGS_SIZE);
    checkSize("lapic", state.lapic(), KvmStructs.KVM_LAPIC_STATE_SIZE);
    checkSize("events", state.events(), KvmStructs.KVM_VCPU_EVENTS_SIZE);
  }

  /** The frequency of the guest's time-stamp counter in kHz: KVM api.rst KVM_GET_TSC_KHZ. */
  public long tscKhz() {
    long result = fd.tryIoctl(KvmNumbers.KVM_GET_TSC_KHZ, 0);
    // EIO: the host's counter is not stable, so there is no frequency to tell.
    return result == -Errno.EIO ? 0 : Math.max(result, 0);
  }

  @Override
  public void close() {
    runMapping.close();
    fd.close();
  }

  private int mpState() {
    return get("KVM_GET_MP_STATE", KvmNumbers.KVM_GET_MP_STATE, KvmStructs.KVM_MP_STATE_SIZE)
        .bytes()
        .getInt(0);
  }

  private NativeBuffer get(String call, long request, int size) {
    NativeBuffer buffer = NativeBuffer.ofSize(size);
    fd.ioctl(call, request, buffer);
    return buffer;
  }

  private Blob blob(String call, long request, int size) {
    return new Blob(copy(get(call, request, size)));
  }

  private void put(String call, long request, Blob structure) {
    set(call, request, structure.bytes());
  }

  private void set(String call, long request, byte[] structure) {
    NativeBuffer buffer = NativeBuffer.ofSize(structure.length);
    buffer.bytes().put(0, structure);
    fd.ioctl(call, request, buffer);
  }

  private static void checkSize(String what, Blob structure, int size) {
    if (structure.size() != size) {
      throw new IllegalArgumentException(
          "%s: a structure of %d bytes, expected %d".formatted(what, structure.size(), size));
    }
  }

  private static byte[] copy(NativeBuffer buffer) {
    byte[] bytes = new byte[buffer.size()];
    buffer.bytes().get(0, bytes);
    return bytes;
  }
}
