package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.ConfigurationProblem;
import dev.javisor.error.InvalidConfigurationException;
import dev.javisor.internal.machine.MachineSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of the builder share: a host that is not there, and what it makes of mistakes. */
abstract class BuilderFixture {
  @TempDir Path directory;
  VmFixture fixture;

  @BeforeEach
  void setUp() {
    fixture = new VmFixture(directory);
  }

  MachineSpec boot(VirtualMachine.Builder builder) {
    try (VirtualMachine vm = builder.build()) {
      vm.boot();
      return fixture.machine().spec;
    }
  }

  void host(String path, String text) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  static InvalidConfigurationException refuse(VirtualMachine.Builder builder) {
    return assertThrows(InvalidConfigurationException.class, builder::build);
  }

  static void assertProblem(
      String field, String value, String hint, VirtualMachine.Builder builder) {
    assertOneProblem(field, value, hint, refuse(builder));
  }

  static void assertOneProblem(
      String field, String value, String hint, InvalidConfigurationException e) {
    assertEquals(1, e.problems().size(), e.getMessage());
    ConfigurationProblem problem = e.problems().get(0);
    assertEquals(field, problem.field());
    assertEquals(value, problem.value());
    assertTrue(problem.hint().contains(hint), problem.hint());
  }
}
