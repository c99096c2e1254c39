package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.javisor.error.ConfigurationProblem;
import dev.javisor.error.InvalidConfigurationException;
import dev.javisor.event.VmExit;
import dev.javisor.guest.Initramfs;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.machine.Payload;
import dev.javisor.testing.microguest.MicroGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A firmware in the place of a kernel. */
class BuilderFirmwareTest extends BuilderFixture {
  @Test
  void shouldStartAFirmware_withoutACommandLine() {
    Payload payload = boot(fixture.emptyBuilder().firmware(fixture.kernel)).payload();

    assertEquals(Payload.Kind.FIRMWARE, payload.kind());
    assertEquals(fixture.kernel, payload.image());
    assertEquals("", payload.cmdline());
  }

  @Test
  @Timeout(60)
  void shouldRunAFirmwareAsItRunsAKernel_onThisHost() throws Exception {
    Path firmware = MicroGuest.code(a -> a.print("firmware")).write(directory.resolve("fw"));

    try (VirtualMachine vm = VirtualMachine.builder().firmware(firmware).build().boot()) {
      assertEquals(new VmExit.PowerOff(), vm.awaitExit(VmFixture.LONG));
      assertEquals("firmware", vm.console().text());
    }
  }

  @Test
  void shouldCallAFileThatIsNoFirmwareByTheSettingsName() throws IOException {
    Path text = Files.writeString(directory.resolve("CLOUDHV.fd"), "not a firmware at all");

    assertProblem(
        "firmware", text.toString(), "not a kernel", VirtualMachine.builder().firmware(text));
    Path missing = directory.resolve("missing");
    assertProblem(
        "firmware", missing.toString(), "no such file", fixture.emptyBuilder().firmware(missing));
  }

  @Test
  void shouldReportWhatTheHostFindsWrongWithAFirmware_withTheOtherMistakes() {
    fixture.platform.kernelProblems.add(new Problem("firmware", "fw", "not a firmware"));

    InvalidConfigurationException e =
        refuse(fixture.emptyBuilder().firmware(fixture.kernel).cpus(-1));

    assertEquals(List.of("cpus", "firmware"), fields(e));
  }

  @Test
  void shouldRefuseAFirmwareBesideAKernel() {
    assertProblem(
        "firmware",
        fixture.kernel.toString(),
        "there is a kernel too, " + fixture.kernel + ": set one of the two",
        fixture.builder().firmware(fixture.kernel));
  }

  @Test
  void shouldRefuseWhatAFirmwareWouldNotPassOn() {
    InvalidConfigurationException e =
        refuse(
            fixture
                .emptyBuilder()
                .firmware(fixture.kernel)
                .initramfs(Initramfs.builder().build())
                .cmdline("quiet"));

    assertEquals(List.of("cmdline", "initramfs"), fields(e));
    assertEquals("quiet", e.problems().get(0).value());
    assertThrows(NullPointerException.class, () -> fixture.builder().firmware(null));
  }

  private static List<String> fields(InvalidConfigurationException e) {
    return e.problems().stream().map(ConfigurationProblem::field).toList();
  }
}
