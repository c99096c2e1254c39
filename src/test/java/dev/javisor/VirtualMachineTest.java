package dev.javisor;

import static dev.javisor.VmFixture.LONG;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.OnReset;
import dev.javisor.error.BootStage;
import dev.javisor.error.ConfigurationProblem;
import dev.javisor.error.ExitTimeoutException;
import dev.javisor.error.GuestBootException;
import dev.javisor.error.HypervisorUnavailableException;
import dev.javisor.error.InvalidConfigurationException;
import dev.javisor.event.VcpuState;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmState;
import dev.javisor.guest.Initramfs;
import dev.javisor.internal.config.HostMemory;
import dev.javisor.internal.machine.KvmPlatform;
import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.Condition;
import dev.javisor.testing.microguest.Label;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.Reg;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The public face on this machine's KVM, with guests of a few lines. */
@Timeout(60)
class VirtualMachineTest {
  private static final int SERIAL = 0x3f8;
  private static final int LINE_STATUS = SERIAL + 5;

  /** Longer than the promised second: the host may be busy with other tests. */
  private static final Duration AT_ONCE = Duration.ofSeconds(5);

  @TempDir Path directory;

  @Test
  void shouldBootPrintAndSwitchOff() throws Exception {
    try (VirtualMachine vm = boot(MicroGuest.code(a -> a.print("hello\r\n")))) {
      assertEquals(new VmExit.PowerOff(), vm.awaitExit(LONG));
      assertEquals("hello\n", vm.console().text());
    }
  }

  @Test
  void shouldDoEverythingThatDoesNotWait_whenTheCallerIsInterrupted() throws Exception {
    Initramfs initramfs = Initramfs.builder().file("/hello", "world", 0644).build();
    MicroGuest guest = MicroGuest.code(VirtualMachineTest::echoForever);
    VirtualMachine.Builder builder = builder(guest).initramfs(initramfs);
    Thread.currentThread().interrupt();

    VirtualMachine vm = builder.build().boot();
    vm.pause();
    vm.resume();
    vm.reset();
    vm.powerButton();
    assertEquals(1, vm.vcpus().size());
    vm.close();

    assertTrue(Thread.interrupted());
    assertEquals(new VmExit.Killed(), vm.awaitExit(LONG));
  }

  @Test
  void shouldTakeWhatTheOverviewShows() throws Exception {
    PrintStream out = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);
    Path kernel = MicroGuest.code(a -> a.print("hello\n")).write(directory.resolve("kernel"));
    try (VirtualMachine vm =
        VirtualMachine.builder()
            .kernel(kernel)
            .cmdline("console=ttyS0")
            .cpus(2)
            .memory("1G")
            .console(out::println)
            .build()
            .boot()) {
      VmExit exit = vm.awaitExit(Duration.ofMinutes(1));

      assertEquals(new VmExit.PowerOff(), exit);
    }
  }

  @Test
  void shouldRunToItsEnd_whenNobodyHoldsIt() {
    VmExit exit = boot(MicroGuest.code(a -> a.print("hello"))).exit().join();

    assertEquals(new VmExit.PowerOff(), exit);
  }

  @Test
  void shouldHandTypedTextToTheGuest() throws Exception {
    try (VirtualMachine vm = boot(MicroGuest.code(VirtualMachineTest::echoForever))) {
      String text = "the quick brown fox jumps over the lazy dog\n".repeat(5);

      vm.console().write(text);

      VmFixture.await(() -> vm.console().text().equals(text));
    }
  }

  @Test
  void shouldHoldTyping_whilePaused() throws Exception {
    try (VirtualMachine vm = boot(MicroGuest.code(VirtualMachineTest::echoForever))) {
      vm.console().write("before\n");
      VmFixture.await(() -> vm.console().text().equals("before\n"));
      vm.pause();
      String text = "x".repeat(20_000);
      CompletableFuture<Void> typed = write(vm, text);

      assertThrows(TimeoutException.class, () -> typed.get(300, TimeUnit.MILLISECONDS));
      assertEquals("before\n", vm.console().text());
      vm.resume();

      typed.get(20, TimeUnit.SECONDS);
      VmFixture.await(() -> vm.console().text().equals("before\n" + text));
    }
  }

  @Test
  void shouldTellWhatTheVcpuDoes_whenTheGuestDoesNotEnd() {
    try (VirtualMachine vm = boot(MicroGuest.code(a -> a.spin()))) {
      ExitTimeoutException e =
          assertThrows(ExitTimeoutException.class, () -> vm.awaitExit(Duration.ofMillis(100)));

      assertEquals(1, e.vcpus().size());
      assertEquals(VcpuState.RUNNING, e.vcpus().get(0).state());
      assertTrue(e.vcpus().get(0).rip().isPresent());
      assertTrue(e.getMessage().contains("no console output"), e.getMessage());
    }
  }

  @Test
  void shouldEndAtOnce_whenAGuestThatSpinsIsKilled() throws Exception {
    try (VirtualMachine vm = boot(MicroGuest.code(a -> a.spin()))) {
      vm.kill();

      assertEquals(new VmExit.Killed(), vm.awaitExit(AT_ONCE));
    }
  }

  @Test
  void shouldEndAtOnceAndLetOthersGoOn_whenAGuestThatFloodsTheConsoleIsClosed() throws Exception {
    try (VirtualMachine other = boot(MicroGuest.code(VirtualMachineTest::echoForever))) {
      VirtualMachine vm =
          builder(MicroGuest.code(a -> a.forever(() -> a.print("flood\n"))))
              .console(line -> {})
              .consoleBuffer("4K")
              .build()
              .boot();
      VmFixture.await(() -> vm.console().droppedBytes() > 0);
      assertTrue(vm.console().text().length() <= 4096 + 60);

      long start = System.nanoTime();
      vm.close();
      Duration took = Duration.ofNanos(System.nanoTime() - start);

      assertTrue(took.compareTo(AT_ONCE) < 0, took::toString);
      assertEquals(new VmExit.Killed(), vm.exit().join());
      other.console().write("still here\n");
      VmFixture.await(() -> other.console().text().equals("still here\n"));
    }
  }

  @Test
  void shouldEndByItself_whenTheGuestJumpsIntoNothing() throws Exception {
    MicroGuest guest =
        MicroGuest.kernelCode(
            a -> {
              a.mov(Reg.RAX, 0x7fff_f000L);
              a.jmp(Reg.RAX);
            });

    try (VirtualMachine vm = boot(guest)) {
      VmExit exit = vm.awaitExit(LONG);

      assertInstanceOf(VmExit.Failed.class, exit);
      assertTrue(exit.toString().contains("7ffff000"), exit::toString);
    }
  }

  @Test
  void shouldEndByItself_whenTheGuestCannotHandleAnException() throws Exception {
    try (VirtualMachine vm = boot(MicroGuest.code(Assembler::ud2).withoutTraps())) {
      assertInstanceOf(VmExit.TripleFault.class, vm.awaitExit(LONG));
    }
  }

  @Test
  void shouldStartTheGuestAnew_whenItResetsAndWhenTheHostDoes() throws Exception {
    MicroGuest guest =
        MicroGuest.code(
            a -> {
              a.print("up\n");
              a.spin();
            });
    try (VirtualMachine vm = builder(guest).onReset(OnReset.EXIT).build().boot()) {
      VmFixture.await(() -> vm.console().text().equals("up\n"));
      vm.reset();
      VmFixture.await(() -> vm.console().text().equals("up\nup\n"));
      assertEquals(VmState.RUNNING, vm.state());
      vm.pause();
      vm.reset();
      VmFixture.await(() -> vm.console().text().equals("up\nup\nup\n"));
      assertEquals(VmState.RUNNING, vm.state());
    }
  }

  @Test
  void shouldTellResetAndPanicApart() throws Exception {
    MicroGuest resets = MicroGuest.code(Assembler::reset);
    MicroGuest panics =
        MicroGuest.code(
            a -> {
              a.print("[    1.0] Kernel panic - not syncing: on purpose\r\n");
              a.reset();
            });
    try (VirtualMachine first = builder(resets).onReset(OnReset.EXIT).build().boot();
        VirtualMachine second = builder(panics).onReset(OnReset.EXIT).build().boot()) {
      assertEquals(new VmExit.Reset(), first.awaitExit(LONG));
      assertEquals(new VmExit.Panic("on purpose"), second.awaitExit(LONG));
    }
  }

  @Test
  void shouldReportAPanic_whenTheGuestHaltsAfterIt() throws Exception {
    MicroGuest guest =
        MicroGuest.kernelCode(
            a -> {
              a.print("Kernel panic - not syncing: halting\n");
              a.cli();
              a.forever(a::hlt);
            });

    try (VirtualMachine vm = boot(guest)) {
      assertEquals(new VmExit.Panic("halting"), vm.awaitExit(LONG));
    }
  }

  @Test
  void shouldReportKernelsThatAreNone_withTheOtherMistakes() throws IOException {
    byte[] elf = MicroGuest.code(a -> {}).elf();
    Path text = Files.writeString(directory.resolve("text"), "I am not a kernel\n".repeat(500));
    Path truncated = Files.write(directory.resolve("truncated"), Arrays.copyOf(elf, 100));
    byte[] arm = elf.clone();
    arm[18] = (byte) 183;
    Path other = Files.write(directory.resolve("arm"), arm);

    for (Path kernel : List.of(text, truncated, other)) {
      InvalidConfigurationException e =
          assertThrows(
              InvalidConfigurationException.class,
              VirtualMachine.builder().kernel(kernel).cpus(0)::build);
      assertEquals(
          List.of("cpus", "kernel"),
          e.problems().stream().map(ConfigurationProblem::field).toList(),
          e.getMessage());
      assertEquals(kernel.toString(), e.problems().get(1).value());
    }
  }

  @Test
  void shouldReportAnInitramfsThatDoesNotFit() throws IOException {
    Path initramfs = Files.write(directory.resolve("initramfs"), new byte[8 << 20]);

    InvalidConfigurationException e =
        assertThrows(
            InvalidConfigurationException.class,
            builder(MicroGuest.code(a -> {})).initramfs(initramfs)::build);

    assertEquals("initramfs", e.problems().get(0).field(), e.getMessage());
  }

  @Test
  void shouldFailAtTheKernel_whenItIsGoneAtTheBoot() throws IOException {
    VirtualMachine vm = builder(MicroGuest.code(a -> {})).build();
    Files.delete(directory.resolve("kernel"));

    GuestBootException e = assertThrows(GuestBootException.class, vm::boot);

    assertEquals(BootStage.KERNEL, e.stage());
    assertEquals("ENOENT", e.errno().orElseThrow());
    assertEquals(VmState.CLOSED, vm.state());
  }

  @Test
  void shouldSayHowToGetKvm_whenThereIsNone() throws IOException {
    Path missing = directory.resolve("kvm");
    Path kernel = MicroGuest.code(a -> {}).write(directory.resolve("kernel"));
    VirtualMachine.Builder builder =
        new DefaultBuilder(new KvmPlatform(missing), HostMemory.ofThisHost()).kernel(kernel);

    HypervisorUnavailableException e =
        assertThrows(HypervisorUnavailableException.class, builder::build);

    assertEquals(missing + " does not exist", e.reason());
    assertTrue(e.fix().contains("modprobe"), e.fix());
    Hypervisor hypervisor = DefaultHypervisor.probe(new KvmPlatform(missing));
    assertFalse(hypervisor.isAvailable());
    assertFalse(hypervisor.canRunStockKernel());
  }

  @Test
  void shouldSayThatKvmIsGone_whenItVanishesBeforeTheBoot() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("kvm"), Path.of("/dev/kvm"));
    Path kernel = MicroGuest.code(a -> {}).write(directory.resolve("kernel"));
    VirtualMachine vm =
        new DefaultBuilder(new KvmPlatform(link), HostMemory.ofThisHost()).kernel(kernel).build();
    Files.delete(link);

    assertThrows(HypervisorUnavailableException.class, vm::boot);

    assertEquals(VmState.CLOSED, vm.state());
  }

  private VirtualMachine boot(MicroGuest guest) {
    return builder(guest).build().boot();
  }

  private VirtualMachine.Builder builder(MicroGuest guest) {
    return VirtualMachine.builder()
        .name("micro")
        .kernel(guest.write(directory.resolve("kernel")))
        .cmdline("")
        .memory(guest.memory());
  }

  /** Writes back what it receives, by looking at the serial port all the time. */
  private static void echoForever(Assembler a) {
    a.forever(
        () -> {
          Label poll = a.here(a.label());
          a.in(1, LINE_STATUS);
          a.and(Reg.RAX, 1);
          a.cmp(Reg.RAX, 1);
          a.jump(Condition.NOT_EQUAL, poll);
          a.in(1, SERIAL);
          a.out(1, SERIAL);
        });
  }

  private static CompletableFuture<Void> write(VirtualMachine vm, String text) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            vm.console().write(text);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
  }
}
