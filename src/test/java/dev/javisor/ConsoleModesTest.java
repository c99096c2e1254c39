package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.ConsoleMode;
import dev.javisor.error.VmStateException;
import dev.javisor.internal.console.ConsolePorts;
import dev.javisor.internal.machine.MachineSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the console ports are connected to. */
class ConsoleModesTest extends BuilderFixture {
  @Test
  void shouldShowTheSerialPort_whenNothingIsSaid() {
    ConsolePorts ports = boot(fixture.builder()).consoles();

    assertEquals(new ConsolePorts(ConsoleMode.api(), ConsoleMode.off()), ports);
    assertTrue(ports.showsSerial());
    assertFalse(ports.showsVirtio());
  }

  @Test
  void shouldShowTheVirtioConsole_andLetLinuxPrintThere_whenItIsTheApis() {
    MachineSpec spec = boot(fixture.builder().virtioConsole(ConsoleMode.api()));

    assertEquals(new ConsolePorts(ConsoleMode.none(), ConsoleMode.api()), spec.consoles());
    assertTrue(spec.consoles().showsVirtio());
    assertFalse(spec.consoles().showsSerial());
    assertEquals("console=hvc0", spec.payload().cmdline());
  }

  @Test
  void shouldShowThePortThatIsTheApis_whateverElseThereIs() {
    MachineSpec spec =
        boot(fixture.builder().serial(ConsoleMode.api()).virtioConsole(ConsoleMode.pty()));

    assertTrue(spec.consoles().showsSerial());
    assertFalse(spec.consoles().showsVirtio());
    assertEquals("console=ttyS0", spec.payload().cmdline());
  }

  @Test
  void shouldShowAPortBesideItsMode_whenNoneIsTheApis() {
    Path file = directory.resolve("log");
    ConsolePorts serial = boot(fixture.builder().serial(ConsoleMode.file(file))).consoles();
    ConsolePorts neither = boot(fixture.builder().serial(ConsoleMode.off())).consoles();

    assertTrue(serial.showsSerial());
    assertFalse(neither.showsSerial());
    assertFalse(neither.showsVirtio());
  }

  @Test
  void shouldTellWhereThePortsAre() {
    Path file = directory.resolve("log");
    Path socket = directory.resolve("sock");
    try (VirtualMachine vm =
        fixture
            .builder()
            .serial(ConsoleMode.file(file))
            .virtioConsole(ConsoleMode.socket(socket))
            .build()) {
      assertEquals(Optional.empty(), vm.serialPath());
      vm.boot();

      assertEquals(Optional.of(file), vm.serialPath());
      assertEquals(Optional.of(socket), vm.virtioConsolePath());
    }
  }

  @Test
  void shouldHandTheTerminalsSizeOn() {
    try (VirtualMachine vm = fixture.builder().virtioConsole(ConsoleMode.api()).build()) {
      assertThrows(VmStateException.class, () -> vm.console().resize(80, 25));
      vm.boot();

      vm.console().resize(132, 50);

      assertTrue(fixture.machine().calls.contains("resize 132 50"));
      assertThrows(IllegalArgumentException.class, () -> vm.console().resize(-1, 0));
    }
  }

  @Test
  void shouldRefuseTwoPortsAtOnePlace() {
    ConsoleMode file = ConsoleMode.file(directory.resolve("log"));

    assertProblem(
        "virtioConsole",
        "api",
        "one port",
        fixture.builder().serial(ConsoleMode.api()).virtioConsole(ConsoleMode.api()));
    assertProblem(
        "virtioConsole",
        file.toString(),
        "already",
        fixture.builder().serial(file).virtioConsole(file));
  }

  @Test
  void shouldRefuseAFileThatCannotBeCreated() {
    ConsoleMode mode = ConsoleMode.file(directory.resolve("missing/log"));

    assertProblem("serial", mode.toString(), "no directory", fixture.builder().serial(mode));
    assertFalse(Files.exists(directory.resolve("missing")));
  }
}
