package dev.javisor.testing.microguest;

import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VmExit;
import dev.javisor.internal.kvm.Kvm;
import dev.javisor.internal.machine.CpuSpec;
import dev.javisor.internal.machine.KvmPlatform;
import dev.javisor.internal.machine.Machine;
import dev.javisor.internal.machine.MachineInternals;
import dev.javisor.internal.machine.MachineListener;
import dev.javisor.internal.machine.MachineSpec;
import dev.javisor.internal.machine.Payload;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.RamSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A micro-guest on a whole machine, by way of the loader and all of Javisor below its facade. A
 * guest's reset starts it anew.
 */
public final class MicroMachine implements AutoCloseable {
  /** Longer than anything takes, even on a busy host. */
  public static final Duration LONG = Duration.ofSeconds(20);

  private static final int MOST_CONSOLE = 1 << 20;

  private final Machine machine;
  private final Path kernel;
  private final Heard heard = new Heard();

  private MicroMachine(MachineSpec spec) {
    kernel = spec.payload().image();
    machine = new KvmPlatform(Kvm.DEVICE).create(spec, heard);
  }

  /** Boots a guest. */
  static MicroMachine boot(MicroGuest guest) {
    MicroMachine made = create(guest, spec -> spec);
    try {
      made.machine.boot();
      return made;
    } catch (RuntimeException | Error e) {
      made.close();
      throw e;
    }
  }

  /** Makes a machine of changed specification, and leaves its boot to the test. */
  public static MicroMachine create(MicroGuest guest, UnaryOperator<MachineSpec> change) {
    try {
      Path kernel = guest.write(Files.createTempFile("microguest", ".elf"));
      return new MicroMachine(change.apply(spec(guest, kernel)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What such a guest's machine is made from. */
  public static MachineSpec spec(MicroGuest guest, Path kernel) {
    return new MachineSpec(
        "micro",
        Payload.kernel(kernel, ""),
        new CpuSpec(guest.cpus(), 1, guest.cpus(), 1, 1),
        new RamSpec(guest.memory(), false, false, true, false),
        List.of(),
        (role, body) -> {
          Thread thread = new Thread(body, "micro " + role);
          thread.setDaemon(true);
          return thread;
        });
  }

  /** The kernel's file, until the machine is closed. */
  public Path kernel() {
    return kernel;
  }

  /** The machine. */
  public Machine machine() {
    return machine;
  }

  /** Its RAM, while it runs. */
  public GuestMemory memory() {
    return MachineInternals.memory(machine);
  }

  /** What the first vCPU is doing. */
  public VcpuInfo vcpu() {
    List<VcpuInfo> vcpus = machine.vcpus();
    return vcpus.get(0);
  }

  /** What the guest has written to its console, up to 1 MiB. */
  public String console() {
    return heard.text();
  }

  /** How often the guest has started anew. */
  public int reboots() {
    return heard.reboots.get();
  }

  /** Says how the machine ends when the guest resets; null for a new start. */
  public void onReset(Supplier<@Nullable VmExit> exit) {
    heard.onReset = exit;
  }

  /** How the guest has ended, or null. */
  public @Nullable VmExit exit() {
    return heard.exit.getNow(null);
  }

  /**
   * Waits for the guest's end.
   *
   * @throws AssertionError if it does not end in time, or met an exception that nothing handles
   */
  public VmExit awaitExit() {
    VmExit exit;
    try {
      exit = heard.exit.get(LONG.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no end; " + machine.vcpus() + ", console: " + console(), e);
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
    int trap = console().indexOf(MicroGuest.TRAP_MARK);
    if (trap >= 0) {
      throw new AssertionError("vector, error code, rip, cr2:" + console().substring(trap));
    }
    return exit;
  }

  /** Waits until the console shows a text. */
  public void awaitConsole(String text) {
    await(() -> console().contains(text), "the console shows " + text);
  }

  /** Waits until something holds, or the guest has ended. */
  public void await(BooleanSupplier condition, String what) {
    await(() -> condition.getAsBoolean() || exit() != null, () -> describe(what));
    if (!condition.getAsBoolean()) {
      throw new AssertionError(describe(what));
    }
  }

  /** Waits until something holds, on any machine. */
  public static void await(BooleanSupplier condition, Supplier<String> what) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not so: " + what.get());
      }
      // Not a spin: on a busy host that would be in the guest's way.
      LockSupport.parkNanos(100_000);
    }
  }

  private String describe(String what) {
    return "%s; exit %s, %s, console: %s".formatted(what, exit(), machine.vcpus(), console());
  }

  @Override
  public void close() {
    machine.close();
    try {
      Files.deleteIfExists(kernel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What devices told of their drivers. */
  public List<String> deviceEvents() {
    return heard.devices;
  }

  private static final class Heard implements MachineListener {
    final CompletableFuture<VmExit> exit = new CompletableFuture<>();
    final AtomicInteger reboots = new AtomicInteger();
    final List<String> devices = new CopyOnWriteArrayList<>();
    volatile Supplier<@Nullable VmExit> onReset = () -> null;
    private final ByteArrayOutputStream console = new ByteArrayOutputStream();

    synchronized String text() {
      return console.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public synchronized void onConsoleOutput(byte b) {
      if (console.size() < MOST_CONSOLE) {
        console.write(b);
      }
    }

    @Override
    public void onConsoleInputReady() {}

    @Override
    public void onDeviceActivated(String device) {
      devices.add("activated " + device);
    }

    @Override
    public void onDeviceReset(String device) {
      devices.add("reset " + device);
    }

    @Override
    public @Nullable VmExit onGuestReset() {
      return onReset.get();
    }

    @Override
    public void onReboot() {
      reboots.incrementAndGet();
    }

    @Override
    public void onExit(VmExit how) {
      if (!exit.complete(how)) {
        throw new AssertionError("ended twice");
      }
    }
  }
}
