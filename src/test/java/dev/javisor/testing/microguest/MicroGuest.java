package dev.javisor.testing.microguest;

import dev.javisor.internal.x86.PlatformLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A small guest, written in a test:
 *
 * <pre>{@code
 * MicroGuest guest = MicroGuest.code(a -> { a.print("hi"); a.powerOff(); });
 * try (MicroMachine vm = guest.boot()) {
 *   assertEquals(new VmExit.PowerOff(), vm.awaitExit());
 *   assertEquals("hi", vm.console());
 * }
 * }</pre>
 *
 * <p>It is an ELF kernel that enters by PVH, goes to 64-bit mode with paging (all addresses below 4
 * GiB and all RAM map to themselves), and runs its code at CPL 3, where every KVM executes natively
 * and port I/O is allowed. The processor's number is in RDI then, and a page of stack is there.
 * Before that it runs {@link #setup} at CPL 0, where some hosts interpret. Code that falls off its
 * end switches off. An exception that nothing handles prints a line that starts with {@link
 * #TRAP_MARK} and switches off, and {@link MicroMachine#awaitExit} throws.
 */
public final class MicroGuest {
  /** Where RAM begins that is the test's own, zero at first. */
  public static final long DATA = 0x20_0000;

  /**
   * Where {@link #window} maps: an address that no RAM has. The guest's own code fills it in, for
   * what lies at addresses that only the guest knows.
   */
  public static final long WINDOWS = 1L << 46;

  /** The size of a window in bytes. */
  public static final long WINDOW = PageTables.PAGE;

  /** What the report of an unhandled exception starts with. */
  static final String TRAP_MARK = "\n!trap";

  /** The vector with which {@link #secondary} processors are started. */
  public static final int STARTUP_VECTOR = (int) (Layout.TRAMPOLINE >>> 12);

  private static final long IOAPIC = 0xfec0_0000L;
  private static final long DEFAULT_RAM = 4L << 20;
  private static final long FOUR_GIB = 4L << 30;
  private static final long HOLE = 1L << 30;
  private static final int EXCEPTIONS = 32;
  private static final int VECTORS = 256;

  private final Consumer<Assembler> user;
  private final SortedMap<Integer, Consumer<Assembler>> handlers = new TreeMap<>();
  private final PageTables pageTables = new PageTables(Layout.PAGE_TABLES);
  private Consumer<Assembler> setup = a -> {};
  private Consumer<Assembler> secondary = Assembler::spin;
  private int cpus = 1;
  private long ram = DEFAULT_RAM;
  private boolean traps = true;
  private boolean interrupts;

  private MicroGuest(Consumer<Assembler> user) {
    this.user = user;
    pageTables.reserve(WINDOWS);
    pageTables.map(0, FOUR_GIB);
  }

  /** A guest that runs this at CPL 3. */
  public static MicroGuest code(Consumer<Assembler> user) {
    return new MicroGuest(user);
  }

  /** A guest that runs this at CPL 0. */
  public static MicroGuest kernelCode(Consumer<Assembler> kernel) {
    return new MicroGuest(a -> {}).setup(kernel);
  }

  /** What the first processor runs at CPL 0 before its user code. */
  public MicroGuest setup(Consumer<Assembler> kernel) {
    setup = kernel;
    return this;
  }

  /**
   * A guest at CPL 0 that prints a greeting, and sleeps but for sending back what comes in by its
   * serial port, a byte at each interrupt.
   */
  public static MicroGuest echo(String greeting) {
    int serial = 0x3f8;
    int vector = 0x51;
    return kernelCode(
            a -> {
              unmask(a, PlatformLayout.COM1_PIN, vector);
              a.outb(serial + 2, 1);
              a.outb(serial + 1, 1);
              a.print(greeting);
              a.sti();
              a.forever(a::hlt);
            })
        .handler(
            vector,
            a -> {
              a.in(1, serial);
              a.out(1, serial);
            });
  }

  /**
   * What runs at CPL 0 on an interrupt or exception; it may use RAX, RCX and RDX. The end of
   * interrupt is signalled behind it. User code runs with interrupts on.
   */
  public MicroGuest handler(int vector, Consumer<Assembler> body) {
    handlers.put(vector, body);
    interrupts = true;
    return this;
  }

  /** Makes exceptions without {@link #handler} end in a triple fault. */
  public MicroGuest withoutTraps() {
    traps = false;
    return this;
  }

  /** The number of vCPUs; at most 16 of them can run. */
  public MicroGuest cpus(int count) {
    cpus = count;
    return this;
  }

  /** What the other processors run at CPL 3 once they are started: see {@link #startOthers}. */
  public MicroGuest secondary(Consumer<Assembler> code) {
    secondary = code;
    return this;
  }

  /** The size of RAM in bytes. */
  public MicroGuest memory(long bytes) {
    ram = bytes;
    if (bytes > FOUR_GIB - HOLE) {
      pageTables.map(FOUR_GIB, bytes - (FOUR_GIB - HOLE) + PageTables.PAGE);
    }
    return this;
  }

  /** Maps the 2 MiB around a guest physical address that is not mapped by itself. */
  public MicroGuest map(long gpa) {
    pageTables.map(gpa, 1);
    return this;
  }

  /**
   * Code that maps the 2 MiB around a gpa into one of 512 windows, once for each window.
   *
   * @param number the register with the window's number; it is overwritten
   * @param gpa the register with the address; it gets the virtual one, of the same byte
   */
  public static void window(Assembler a, Reg number, Reg gpa) {
    a.push(gpa);
    a.shr(gpa, PageTables.PAGE_BITS);
    a.shl(gpa, PageTables.PAGE_BITS);
    a.or(gpa, PageTables.ENTRY);
    a.shl(number, 3);
    a.store(8, Mem.at(number, (int) Layout.WINDOW_DIRECTORY), gpa);
    a.pop(gpa);
    a.and(gpa, (int) WINDOW - 1);
    a.shl(number, PageTables.PAGE_BITS - 3);
    a.add(gpa, number);
    a.mov(number, WINDOWS);
    a.add(gpa, number);
  }

  /** Code for {@link #setup} that starts all other processors: INIT, SIPI to all but itself. */
  public static void startOthers(Assembler a) {
    int interruptCommand = 0x830;
    long allButSelf = 3 << 18;
    a.wrmsr(interruptCommand, allButSelf | 0x4500);
    a.wrmsr(interruptCommand, allButSelf | 0x4600 | STARTUP_VECTOR);
  }

  /** Code that lets the rising edges of an IOAPIC's pin interrupt the first processor. */
  public static void unmask(Assembler a, int pin, int vector) {
    redirect(a, pin, vector);
  }

  /** Code that lets the level of an IOAPIC's pin interrupt the first processor. */
  public static void unmaskLevel(Assembler a, int pin, int vector) {
    redirect(a, pin, vector | 1 << 15);
  }

  private static void redirect(Assembler a, int pin, int low) {
    a.mov(Reg.RBX, IOAPIC);
    for (int half = 1; half >= 0; half--) {
      a.store(4, Mem.at(Reg.RBX), 0x10 + 2 * pin + half);
      a.store(4, Mem.at(Reg.RBX, 0x10), half == 0 ? low : 0);
    }
  }

  /** The number of vCPUs. */
  public int cpus() {
    return cpus;
  }

  /** The size of RAM in bytes. */
  public long memory() {
    return ram;
  }

  /** Boots it on a whole machine. */
  public MicroMachine boot() {
    return MicroMachine.boot(this);
  }

  /** Loads it on a bare one, with its first processor about to start. */
  public BareMachine bare() {
    return BareMachine.of(this);
  }

  /** Writes the kernel file. */
  public Path write(Path file) {
    try {
      return Files.write(file, elf());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The kernel file's content. */
  public byte[] elf() {
    byte[] tables = pageTables.toByteArray();
    Assembler a = new Assembler(Layout.PAGE_TABLES + tables.length);
    Startup startup = new Startup(a);
    long gdtr = a.here();
    a.value(2, Startup.gdtLimit());
    a.value(8, Layout.GDT);
    long idtr = a.here();
    a.value(2, VECTORS * 16 - 1);
    a.value(8, Layout.IDT);
    a.align(8);
    long counter = a.here();
    a.value(8, 0);
    long entry = a.here();
    program(a, startup, gdtr, idtr, counter);
    Map<Integer, Long> gates = handlers(a, startup);
    if (a.here() > Layout.IMAGE_END) {
      throw new IllegalStateException("the guest's code is too long");
    }
    SortedMap<Long, byte[]> segments = new TreeMap<>();
    segments.put(Layout.IMAGE, image(tables, a.toByteArray(), gates));
    if (cpus > 1) {
      segments.put(Layout.TRAMPOLINE, Startup.trampoline(gdtr, entry));
    }
    return MicroElf.write(segments, entry);
  }

  private void program(Assembler a, Startup startup, long gdtr, long idtr, long counter) {
    startup.enterLongMode(gdtr);
    startup.prepareCpu(counter, idtr, interrupts || cpus > 1);
    Label other = a.label();
    Label userCode = a.label();
    Label otherUserCode = a.label();
    a.cmp(Reg.RDI, 0);
    a.jump(Condition.NOT_EQUAL, other);
    startup.runAndDrop(setup, userCode, interrupts);
    a.here(other);
    startup.runAndDrop(none -> {}, otherUserCode, interrupts);
    a.here(userCode);
    user.accept(a);
    a.powerOff();
    a.here(otherUserCode);
    secondary.accept(a);
    a.spin();
  }

  private Map<Integer, Long> handlers(Assembler a, Startup startup) {
    Map<Integer, Long> gates = new TreeMap<>();
    if (traps) {
      Label reporter = a.here(a.label());
      startup.reporter();
      for (int vector = 0; vector < EXCEPTIONS; vector++) {
        gates.put(vector, a.here());
        startup.trap(vector, reporter);
      }
    }
    handlers.forEach(
        (vector, body) -> {
          gates.put(vector, a.here());
          startup.handler(body);
        });
    return gates;
  }

  private static byte[] image(byte[] tables, byte[] code, Map<Integer, Long> gates) {
    int tablesAt = (int) (Layout.PAGE_TABLES - Layout.IMAGE);
    ByteBuffer image =
        ByteBuffer.allocate(tablesAt + tables.length + code.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < Layout.DESCRIPTORS.length; i++) {
      image.putLong(8 * i, Layout.DESCRIPTORS[i]);
    }
    for (int cpu = 0; cpu < Layout.MAX_RUNNING_CPUS; cpu++) {
      long task = Layout.TASKS + (long) cpu * Layout.TASK_SIZE;
      int at = (int) (task - Layout.IMAGE);
      image.putLong(at + 4, Layout.kernelStackTop(cpu));
      image.putShort(at + 102, (short) 104);
      image.put(at + Layout.TASK_LIMIT, (byte) 0xff);
      int descriptor = Layout.FIRST_TASK + 16 * cpu;
      image.putLong(
          descriptor,
          Layout.TASK_LIMIT | (task & 0xff_ffff) << 16 | 0x89L << 40 | (task & 0xff00_0000L) << 32);
    }
    gates.forEach((vector, target) -> gate(image, 0x1000 + 16 * vector, target));
    return image.put(tablesAt, tables).put(tablesAt + tables.length, code).array();
  }

  private static void gate(ByteBuffer image, int at, long target) {
    int presentUserInterruptGate = 0xee00;
    image.putShort(at, (short) target).putShort(at + 2, (short) Layout.CODE_64);
    image.putShort(at + 4, (short) presentUserInterruptGate);
    image.putShort(at + 6, (short) (target >>> 16)).putInt(at + 8, (int) (target >>> 32));
  }
}
