package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.ConsoleMode;
import dev.javisor.error.BootStage;
import dev.javisor.event.VmExit;
import dev.javisor.internal.console.ConsolePorts;
import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.Condition;
import dev.javisor.testing.microguest.Label;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the console ports of a real machine are connected to. */
@Timeout(120)
class MachineConsoleTest {
  private static final int COM1 = 0x3f8;
  private static final int LINE_STATUS = COM1 + 5;
  private static final long FIRST_SLOT = 0xe800_0000L + (1 << 15);

  @TempDir private Path folder;

  private static MicroMachine boot(MicroGuest guest, ConsoleMode serial, ConsoleMode virtio) {
    MicroMachine vm =
        MicroMachine.create(
            guest, spec -> MachineSpecs.withConsoles(spec, new ConsolePorts(serial, virtio)));
    try {
      vm.machine().boot();
      return vm;
    } catch (RuntimeException | Error e) {
      vm.close();
      throw e;
    }
  }

  /** Stores what a slot and a port read as, and ends. */
  private static MicroGuest look() {
    return MicroGuest.code(
        a -> {
          a.mov(RBX, FIRST_SLOT);
          a.load(4, RAX, Mem.at(RBX));
          a.store(4, Mem.at(DATA), RAX);
          a.in(1, LINE_STATUS);
          a.store(1, Mem.at(DATA + 4), RAX);
          a.store(4, Mem.at(DATA + 8), 1);
          a.spin();
        });
  }

  private static void await(MicroMachine vm) {
    vm.await(() -> vm.memory().readInt(DATA + 8) == 1, "the guest has looked");
  }

  @Test
  void shouldWriteTheSerialPortToAFile_andShowItToo() throws IOException {
    Path file = folder.resolve("log");
    try (MicroMachine vm =
        boot(
            MicroGuest.code(
                a -> {
                  a.print("hello");
                  a.powerOff();
                }),
            ConsoleMode.file(file),
            ConsoleMode.off())) {
      assertEquals(Optional.of(file), vm.machine().serialPath());
      assertEquals(new VmExit.PowerOff(), vm.awaitExit());
      assertEquals("hello", vm.console());
    }

    assertEquals("hello", Files.readString(file));
  }

  @Test
  void shouldServeAClientOfTheSerialPortsSocket() throws IOException {
    Path socket = folder.resolve("sock");
    try (MicroMachine vm =
            boot(
                MicroGuest.code(MachineConsoleTest::echo),
                ConsoleMode.socket(socket),
                ConsoleMode.off());
        SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      client.write(ByteBuffer.wrap("x".getBytes(StandardCharsets.US_ASCII)));

      ByteBuffer answer = ByteBuffer.allocate(1);
      client.read(answer);

      assertEquals('x', answer.get(0));
    }
    assertFalse(Files.exists(socket));
  }

  private static void echo(Assembler a) {
    a.forever(
        () -> {
          Label again = a.here(a.label());
          a.in(1, LINE_STATUS);
          a.and(RAX, 1);
          a.jump(Condition.EQUAL, again);
          a.in(1, COM1);
          a.out(1, COM1);
        });
  }

  @Test
  void shouldHaveNoSerialPort_whenItIsOff() {
    try (MicroMachine vm = boot(look(), ConsoleMode.off(), ConsoleMode.off())) {
      await(vm);

      assertEquals(-1, vm.memory().readInt(DATA));
      assertEquals((byte) -1, vm.memory().readByte(DATA + 4));
      assertEquals(1, vm.machine().consoleInput(new byte[1], 0, 1));
    }
  }

  @Test
  void shouldHaveAVirtioConsoleInTheFirstSlot_whenItIsAskedFor() {
    try (MicroMachine vm = boot(look(), ConsoleMode.none(), ConsoleMode.pty())) {
      await(vm);

      assertEquals(0x1043_1af4, vm.memory().readInt(DATA));
      assertEquals(0x60, vm.memory().readByte(DATA + 4));
      assertTrue(vm.machine().virtioConsolePath().map(Files::exists).orElse(false));
      assertEquals(Optional.empty(), vm.machine().serialPath());
    }
  }

  @Test
  void shouldSayWhichPortFails_whenItsFileCannotBeCreated() {
    ConsoleMode mode = ConsoleMode.file(folder.resolve("missing/log"));
    MachineBootException e =
        assertThrows(
            MachineBootException.class, () -> boot(look(), mode, ConsoleMode.off()).close());

    assertEquals(BootStage.DEVICES, e.stage());
    assertTrue(e.getMessage().contains("serial=" + mode), e.getMessage());
  }
}
