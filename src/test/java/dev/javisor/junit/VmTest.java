package dev.javisor.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.NetBackend;
import dev.javisor.config.OnReset;
import dev.javisor.event.VmState;
import dev.javisor.internal.image.OciFixture;
import dev.javisor.internal.image.TarFixture;
import dev.javisor.net.VirtualSwitch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs on several versions of JUnit: {@link JupiterVersionsTest}. */
class VmTest {
  @TempDir Path consoles;
  private final FakeMachines machines = new FakeMachines();

  private InnerRun run(Class<?> type, String... parameters) {
    return InnerRun.of(machines, consoles, List.of(type), parameters);
  }

  private static Map<String, String> successful(String... names) {
    Map<String, String> outcomes = new TreeMap<>();
    for (String name : names) {
      outcomes.put(name, "SUCCESSFUL");
    }
    return outcomes;
  }

  @AfterEach
  void nothingIsLeftRunning() {
    assertEquals(0, machines.running());
    machines.made().forEach(machine -> assertEquals(VmState.CLOSED, machine.state()));
  }

  @Test
  void shouldGiveEachTestMachines_whenItHasParameters() {
    InnerRun run = run(VmCases.Parameters.class);

    assertEquals(
        successful("one(VirtualMachine)", "two(VirtualMachine, VirtualMachine)", "none"),
        run.outcomes());
    assertEquals(3, machines.made().size());
    assertEquals(3, machines.ready().size());
  }

  @Test
  void shouldGiveEachTestMachines_whenItsInstanceHasFields() {
    InnerRun run = run(VmCases.InstanceFields.class);

    assertEquals(successful("first", "second"), run.outcomes());
    assertEquals(4, machines.made().size());
  }

  @Test
  void shouldGiveAClassOneMachine_whenItHasAStaticField() {
    InnerRun run = run(VmCases.StaticField.class);

    assertEquals(successful("first", "second"), run.outcomes());
    assertEquals(1, machines.made().size());
  }

  @Test
  void shouldBeOneMachine_whenDeclaredTwiceUnderOneName() {
    InnerRun run = run(VmCases.Named.class);

    assertEquals(successful("test(VirtualMachine, VirtualMachine)"), run.outcomes());
    assertEquals(2, machines.made().size());
  }

  @Test
  void shouldBeOneMachineOfTheClass_whenTheConstructorWantsIt() {
    InnerRun run = run(VmCases.OfConstructor.class);

    assertEquals(successful("first", "second"), run.outcomes());
    assertEquals(1, machines.made().size());
  }

  @Test
  void shouldBeOneMachine_whenSharedOverClasses() {
    InnerRun run =
        InnerRun.of(
            machines, consoles, List.of(VmCases.SharedHere.class, VmCases.SharedThere.class));

    assertEquals(successful("here(VirtualMachine)", "there(VirtualMachine)"), run.outcomes());
    assertEquals(1, machines.made().size());
  }

  @Test
  void shouldFail_whenASharedMachineIsDeclaredOtherwise() {
    InnerRun run =
        InnerRun.of(
            machines, consoles, List.of(VmCases.SharedHere.class, VmCases.SharedOtherwise.class));

    Throwable failure = run.failure("otherwise(VirtualMachine)");
    assertInstanceOf(ExtensionConfigurationException.class, failure);
    assertTrue(
        failure.getMessage().contains("one machine has one declaration"), failure.getMessage());
  }

  @Test
  void shouldBuildItAsDeclared() {
    InnerRun run = run(VmCases.Configured.class, "javisor.timeout.multiplier", "2.5");

    assertEquals(successful("test(VirtualMachine)"), run.outcomes());
    FakeMachines.Made machine = machines.made().get(0);
    assertEquals("Configured-vm", machine.name());
    assertEquals(3, machine.told("cpus"));
    assertEquals(1L << 30, machine.told("memory"));
    assertEquals("default quiet", machine.told("cmdline"));
    assertEquals(true, machine.told("rng"));
    assertEquals(2.5, machine.told("timeoutMultiplier"));
    assertEquals(OnReset.EXIT, machine.told("onReset"));
  }

  @Test
  void shouldJoinMachinesByANetwork_whenTheyNameOne() {
    InnerRun run = run(VmCases.OnANetwork.class);

    assertEquals(successful("joins(VirtualMachine, VirtualSwitch, VirtualSwitch)"), run.outcomes());
    assertEquals(1, machines.made().size());
    NetBackend port = assertInstanceOf(NetBackend.class, machines.made().get(0).told("net"));
    assertEquals("port db of a virtual switch", port.description());
    VirtualSwitch closed = VmCases.OnANetwork.ofClass;
    assertThrows(IllegalStateException.class, () -> closed.port("late"));
    assertThrows(IllegalStateException.class, () -> VmCases.OnANetwork.own.port("late"));
  }

  @Test
  void shouldRunTheProgramOfAnImage_andShowWhatItPrinted() throws IOException {
    new OciFixture(Path.of(VmCases.OfAnImage.IMAGE))
        .layer(new TarFixture().file("etc/motd", "hello"))
        .config("'Entrypoint': ['/bin/serve'], 'Cmd': ['--all']")
        .image("v1")
        .write();
    System.setProperty("javisor.cache", consoles.resolve("cache").toString());
    InnerRun run;
    try {
      run = run(VmCases.OfAnImage.class);
    } finally {
      System.clearProperty("javisor.cache");
    }

    String shown = InnerRun.suppressed(run.failure("fails(VirtualMachine)"));
    assertTrue(shown.contains("its program (running), output in " + consoles), shown);
    assertEquals(2, machines.made().size());
    for (FakeMachines.Made machine : machines.made()) {
      BlockBackend disk = assertInstanceOf(BlockBackend.class, machine.told("disk"));
      assertTrue(disk.description().contains("overlay"), disk::description);
    }
    try (Stream<Path> files = Files.walk(consoles)) {
      List<Path> printed = files.filter(file -> file.toString().contains("-program")).toList();
      assertEquals(2, printed.size());
      for (Path file : printed) {
        assertEquals("/bin/serve --all", Files.readString(file));
      }
    }
  }

  @Test
  void shouldLeaveItToTheSetup_whenWithoutDefaults() {
    InnerRun run = run(VmCases.WithoutDefaults.class);

    assertEquals(successful("test(VirtualMachine)"), run.outcomes());
    assertNull(machines.made().get(0).told("cmdline"));
    assertNull(machines.made().get(0).told("net"));
    assertEquals(List.of(), machines.ready());
  }

  @Test
  void shouldMakeMachines_whenRegisteredByCode() {
    InnerRun run = run(VmCases.Registered.class);

    assertEquals(successful("first", "second"), run.outcomes());
    assertEquals(
        List.of(1, 1, 2),
        machines.made().stream().map(made -> made.told("cpus")).sorted().toList());
  }

  @Test
  void shouldShowConsolesInTheReport_whenATestFails() {
    InnerRun run = run(VmCases.Failing.class);

    assertEquals(
        Map.of("fails(VirtualMachine)", "FAILED", "succeeds(VirtualMachine)", "SUCCESSFUL"),
        run.outcomes());
    String shown = InnerRun.suppressed(run.failure("fails(VirtualMachine)"));
    assertTrue(shown.contains("console of Failing-mine"), shown);
    assertTrue(shown.contains("console of Failing-vm"), shown);
    assertTrue(shown.contains(consoles.toString()), shown);
    assertEquals("console of Failing-mine\n", run.entries().get("javisor.console.Failing-mine"));
    assertTrue(Files.exists(Path.of(run.entries().get("javisor.console.file.Failing-mine"))));
  }

  @Test
  void shouldShowCommandsInTheReport_whenATestFails() {
    InnerRun run = run(VmCases.Commanding.class);

    String expected =
        """
        [one, x]: exit code 3
        stdout:
        I am one
        [two]: exit code 3
        stdout:
        I am two
        [three]: exit code 3
        stdout:
        I am three
        [four]: java.lang.IllegalStateException: no such program\
        """;
    assertEquals(expected, run.entries().get("javisor.commands.Commanding-vm"));
    String shown = InnerRun.suppressed(run.failure("fails(VirtualMachine)"));
    assertTrue(shown.contains("last commands in the guest:\n" + expected), shown);
  }

  @Test
  void shouldShowConsolesInTheReport_whenAClassFails() {
    InnerRun run = run(VmCases.FailingClass.class);

    String shown = InnerRun.suppressed(run.failure("VmCases$FailingClass"));
    assertTrue(shown.contains("console of FailingClass-vm"), shown);
  }

  @Test
  void shouldShowTheConsole_whenAGuestDoesNotGetReady() {
    machines.neverReady(new IllegalStateException("no agent"));

    InnerRun run = run(VmCases.Parameters.class);

    Throwable failure = run.failure("one(VirtualMachine)");
    while (failure.getCause() != null) {
      failure = failure.getCause();
    }
    assertEquals("no agent", failure.getMessage());
    String shown = InnerRun.suppressed(failure);
    assertTrue(shown.contains("console of Parameters-vm"), shown);
  }

  @Test
  void shouldWriteAFileForEachConsole() throws IOException {
    run(VmCases.Parameters.class);

    try (Stream<Path> files = Files.walk(consoles)) {
      assertEquals(
          List.of("one-vm.log", "two-vm-2.log", "two-vm.log"),
          files
              .filter(Files::isRegularFile)
              .map(file -> file.getFileName().toString())
              .sorted()
              .toList());
    }
    assertEquals(
        "console of Parameters-vm\n",
        Files.readString(
            consoles.resolve(VmCases.Parameters.class.getName()).resolve("one-vm.log")));
  }

  @Test
  void shouldFail_whenNoMachineRunsLinux() {
    machines.without("no /dev/kvm; load kvm_intel");

    InnerRun run = run(VmCases.Choosing.class);

    assertEquals(
        Map.of(
            "asConfigured(VirtualMachine)", "FAILED",
            "fails(VirtualMachine)", "FAILED",
            "needsNone", "SUCCESSFUL",
            "skips(VirtualMachine)", "SKIPPED"),
        run.outcomes());
    Throwable failure = run.failure("fails(VirtualMachine)");
    assertTrue(failure.getMessage().contains("no /dev/kvm; load kvm_intel"), failure.getMessage());
    assertTrue(failure.getMessage().contains("javisor.unavailable=skip"), failure.getMessage());
    assertTrue(run.reason("skips(VirtualMachine)").contains("no /dev/kvm; load kvm_intel"));
  }

  @Test
  void shouldSkip_whenConfiguredSoAndNoMachineRunsLinux() {
    machines.without("no /dev/kvm");

    InnerRun run = run(VmCases.Choosing.class, "javisor.unavailable", "skip");

    assertEquals("SKIPPED", run.outcomes().get("asConfigured(VirtualMachine)"));
    assertEquals("FAILED", run.outcomes().get("fails(VirtualMachine)"));
    assertEquals("SUCCESSFUL", run.outcomes().get("needsNone"));
  }

  @Test
  void shouldFailTypedAndSayWhatToWrite_whenParametersAreMisdeclared() {
    InnerRun run = run(MistakenCases.Mistakes.class);

    assertTrue(
        run.outcomes().values().stream().allMatch("FAILED"::equals), run.outcomes().toString());
    assertEquals(15, run.outcomes().size());
    assertEquals(
        List.of(),
        machines.made().stream().filter(made -> made.state() == VmState.RUNNING).toList());
    for (String name : new TreeSet<>(run.outcomes().keySet())) {
      Throwable failure = run.failure(name);
      assertTrue(
          failure instanceof ParameterResolutionException
              || failure instanceof ExtensionConfigurationException,
          () -> name + ": " + failure);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          type             | expected the type dev.javisor.VirtualMachine, not java.lang.String
          memory           | memory = "much": expected a number and K, M, G or T
          cpus             | cpus = 0: expected 1 or more
          named and shared | not both
          two declarations | one machine has one declaration
          setup            | setup = Unmakeable.class: expected a class with a constructor without parameters
          inner setup      | make it static
          failing setup    | no disk today
          too large        | all tests together have
          too large by setup | all tests together have
          nameless on a network | @Vm(value = "NAME", network = "lan")
          shared on a network | none of its machines is shared
          network without a name | write @Vm(network = "NAME")
          image without defaults | the setup class sets what it boots
          command line without defaults | the setup class sets the command line
          """)
  void shouldSayWhatToWrite_whenAParameterIsMisdeclared(String name, String expected) {
    InnerRun run = run(MistakenCases.Mistakes.class);

    String message = run.failure(name).getMessage();
    assertTrue(message.contains(expected), message);
    assertTrue(message.contains("Mistakes") || name.startsWith("too large"), message);
  }

  @Test
  void shouldFailTyped_whenFieldsAreMisdeclared() {
    Throwable type = run(MistakenCases.WrongField.class).failure("MistakenCases$WrongField");
    Throwable isFinal = run(MistakenCases.FinalField.class).failure("test");

    assertInstanceOf(ExtensionConfigurationException.class, type);
    assertEquals(
        "@Vm on field WrongField.vm: expected the type dev.javisor.VirtualMachine, not java.lang.String",
        type.getMessage());
    assertInstanceOf(ExtensionConfigurationException.class, isFinal);
    assertTrue(isFinal.getMessage().contains("cannot be final"), isFinal.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "javisor.timeout.multiplier, 0, 'a number from 0.01 to 1000, such as 2.5'",
    "javisor.budget.cpus, many, a number of vCPUs",
    "javisor.budget.memory, 1X, a size such as 4G",
    "javisor.unavailable, perhaps, fail or skip"
  })
  void shouldFailTyped_whenTheConfigurationIsWrong(String key, String value, String expected) {
    InnerRun run = run(VmCases.StaticField.class, key, value);

    Throwable failure = run.failure("VmCases$StaticField");
    while (failure.getCause() != null) {
      failure = failure.getCause();
    }
    assertInstanceOf(ExtensionConfigurationException.class, failure);
    assertEquals(
        "configuration parameter %s = %s: expected %s".formatted(key, value, expected),
        failure.getMessage());
  }
}
