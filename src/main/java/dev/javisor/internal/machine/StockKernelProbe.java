package dev.javisor.internal.machine;

import dev.javisor.internal.kvm.Kvm;
import dev.javisor.internal.kvm.KvmExit;
import dev.javisor.internal.kvm.KvmVcpu;
import dev.javisor.internal.kvm.KvmVm;
import dev.javisor.internal.kvm.Register;
import dev.javisor.internal.kvm.SegmentName;
import dev.javisor.internal.kvm.SpecialRegisters;
import dev.javisor.internal.sys.Mapping;
import dev.javisor.internal.x86.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Finds out whether KVM can run a stock kernel, by running a few of its instructions as a guest at
 * CPL 0 in 64-bit mode. There are hosts whose KVM lacks hardware virtualization and interprets
 * kernel code: too slowly, and not every instruction.
 *
 * <p>Threading: any thread; takes some milliseconds, or some tens where code is interpreted.
 */
final class StockKernelProbe {
  private static final int RAM = 2 << 20;
  private static final int PML4 = 0x1000;
  private static final int PDPT = 0x2000;
  private static final int PAGE_DIRECTORY = 0x3000;
  private static final int CODE = 0x8000;
  private static final int OPERAND = 0x9000;
  private static final long PRESENT_WRITABLE = 0x3;
  private static final long LARGE_PAGE = 0x80;

  private static final int LOOPS = 2_000;
  private static final int TRIES = 6;

  /** On an AMD EPYC it takes 2000 to 3600 interpreted, and up to 350 in a busy lab. */
  private static final long SLOWEST_NANOS_PER_LOOP = 600;

  private static final int PORT = 0x80;
  private static final int STARTED = 1;
  private static final int LOOPED = 2;
  private static final int EXCHANGED = 3;
  private static final int RESTORED = 4;

  private static final long CR0 = 0x8000_0033L; // PG, NE, ET, MP, PE
  private static final long CR4 = 0x4_0620L; // OSXSAVE, OSXMMEXCPT, OSFXSR, PAE
  private static final long EFER = 0x500; // LMA, LME
  private static final int CODE_64 = 0xa09b;
  private static final int DATA = 0xc093;
  private static final int TASK = 0x008b;

  private static final int[] PROGRAM = {
    0xe6,
    0x80, // out 0x80, al            al = STARTED
    0xff,
    0xc9, // 1: dec ecx
    0x75,
    0xfc, // jnz 1b
    0xb0,
    LOOPED,
    0xe6,
    0x80, // mov al, ..; out 0x80, al
    0x48,
    0x0f,
    0xc7,
    0x0f, // cmpxchg16b [rdi]
    0xb0,
    EXCHANGED,
    0xe6,
    0x80, // mov al, ..; out 0x80, al
    0x31,
    0xc0,
    0x31,
    0xd2, // xor eax, eax; xor edx, edx
    0x0f,
    0xae,
    0x2e, // xrstor [rsi]
    0xb0,
    RESTORED,
    0xe6,
    0x80, // mov al, ..; out 0x80, al
    0xf4 // hlt
  };

  private StockKernelProbe() {}

  /**
   * Runs the probe.
   *
   * @return what keeps a stock kernel from running; empty if nothing does
   * @throws dev.javisor.internal.sys.NativeException if KVM makes no machine
   */
  static Optional<HostProblem> run(Kvm kvm) {
    Optional<HostProblem> problem = Optional.empty();
    for (int i = 0; i < TRIES; i++) {
      // The host may be busy: a single slow run proves nothing.
      problem = once(kvm);
      if (problem.isEmpty()) {
        break;
      }
    }
    return problem;
  }

  private static Optional<HostProblem> once(Kvm kvm) {
    try (Mapping ram = Mapping.anonymous(RAM, 4096, "probe RAM");
        KvmVm vm = kvm.createVm()) {
      write(ram);
      vm.setMemory(0, 0, RAM, ram.address(), false);
      try (KvmVcpu vcpu = vm.createVcpu(0)) {
        vcpu.setCpuid(kvm.supportedCpuid());
        enterLongMode(vcpu);
        return follow(vcpu);
      }
    }
  }

  private static Optional<HostProblem> follow(KvmVcpu vcpu) {
    int stage = 0;
    long start = 0;
    while (stage < RESTORED) {
      int reason = vcpu.run();
      if (reason != KvmExit.IO || vcpu.exit().ioPort() != PORT) {
        String cause = reason < 0 ? "KVM_RUN failed" : vcpu.exit().describeFailure(reason);
        return cannot(instruction(stage) + " at CPL 0: " + cause);
      }
      stage = (int) vcpu.exit().ioValue(0);
      if (stage == STARTED) {
        start = System.nanoTime();
      } else if (stage == LOOPED) {
        long nanos = (System.nanoTime() - start) / LOOPS;
        if (nanos > SLOWEST_NANOS_PER_LOOP) {
          return cannot(
              "kernel code at speed: a loop of two instructions takes %d ns, as if interpreted"
                  .formatted(nanos));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<HostProblem> cannot(String what) {
    return Optional.of(
        new HostProblem(
            "this host's KVM cannot run " + what,
            "use a host whose CPU's virtualization (VMX or SVM) KVM can use"));
  }

  private static String instruction(int stage) {
    return switch (stage) {
      case 0, STARTED -> "a loop";
      case LOOPED -> "cmpxchg16b";
      default -> "xrstor";
    };
  }

  private static void write(Mapping ram) {
    ByteBuffer bytes = ram.view(0, RAM).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(PML4, PDPT | PRESENT_WRITABLE);
    bytes.putLong(PDPT, PAGE_DIRECTORY | PRESENT_WRITABLE);
    bytes.putLong(PAGE_DIRECTORY, LARGE_PAGE | PRESENT_WRITABLE);
    for (int i = 0; i < PROGRAM.length; i++) {
      bytes.put(CODE + i, (byte) PROGRAM[i]);
    }
  }

  private static void enterLongMode(KvmVcpu vcpu) {
    SpecialRegisters special = vcpu.specialRegisters();
    special.segment(SegmentName.CS, new Segment(0, -1, 0x08, CODE_64));
    for (SegmentName name :
        new SegmentName[] {
          SegmentName.DS, SegmentName.ES, SegmentName.FS, SegmentName.GS, SegmentName.SS
        }) {
      special.segment(name, new Segment(0, -1, 0x10, DATA));
    }
    special.segment(SegmentName.TR, new Segment(0, 0x67, 0x18, TASK));
    special.control(CR0, PML4, CR4, EFER);
    vcpu.setSpecialRegisters(special);
    long[] registers = vcpu.registers();
    registers[Register.RIP.ordinal()] = CODE;
    registers[Register.RFLAGS.ordinal()] = 2;
    registers[Register.RAX.ordinal()] = STARTED;
    registers[Register.RCX.ordinal()] = LOOPS;
    registers[Register.RDI.ordinal()] = OPERAND;
    registers[Register.RSI.ordinal()] = OPERAND;
    vcpu.setRegisters(registers);
  }
}
