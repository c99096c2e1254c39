package dev.javisor.testing.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.javisor.VirtualMachine;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may know whom. A package that a rule does not name may be put where it fits. */
class LayersTest {
  private static final String ROOT = "dev.javisor";
  private static final String[] PUBLIC = {
    ROOT,
    "dev.javisor.agent",
    "dev.javisor.backend",
    "dev.javisor.config",
    "dev.javisor.error",
    "dev.javisor.event",
    "dev.javisor.guest",
    "dev.javisor.image",
    "dev.javisor.junit",
    "dev.javisor.net"
  };

  /** Registers and tables that a guest sees: tested without a hypervisor, so free of one. */
  private static final String[] DEVICES = {
    "dev.javisor.internal.legacy..",
    "dev.javisor.internal.acpi..",
    "dev.javisor.internal.block",
    "dev.javisor.internal.bus..",
    "dev.javisor.internal.net",
    "dev.javisor.internal.net.vswitch",
    "dev.javisor.internal.pci..",
    "dev.javisor.internal.virtio..",
    "dev.javisor.internal.vsock",
  };

  private static JavaClasses javisor;

  @BeforeAll
  static void readClasses() throws URISyntaxException {
    javisor =
        new ClassFileImporter()
            .importPath(
                Path.of(
                    VirtualMachine.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI()));
  }

  @Test
  void shouldCallNativeCodeFromOnePackageOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.javisor.internal.sys")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.sun.jna..")
        .check(javisor);
  }

  @Test
  void shouldLeaveTheEndOfTheJvmToThePrograms() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.javisor.internal.cli")
        .should()
        .callMethod(Runtime.class, "addShutdownHook", Thread.class)
        .because("applications that are redeployed would stay in memory")
        .check(javisor);
  }

  @Test
  void shouldKeepTheFacadeUnknownToWhatItIsMadeOf() {
    noClasses()
        .that()
        .resideInAPackage("dev.javisor.internal..")
        .and()
        .resideOutsideOfPackage("dev.javisor.internal.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT, "dev.javisor.guest")
        .because("internal packages may know config, error and event; the command line is a user")
        .check(javisor);
  }

  @Test
  void shouldNeedJunitForNothingElse() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.javisor.junit")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.javisor.junit", "org.junit..")
        .because("those who write no tests do not have JUnit")
        .check(javisor);
  }

  @Test
  void shouldKeepDevicesFreeOfTheHypervisorAndTheHost() {
    noClasses()
        .that()
        .resideInAnyPackage(DEVICES)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.javisor.internal.kvm..",
            "dev.javisor.internal.sys..",
            "dev.javisor.internal.machine..",
            "java.net..",
            "java.nio.file..")
        .check(javisor);
  }

  @Test
  void shouldComposeMachinesInOnePlace() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT, "dev.javisor.internal.machine..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.javisor.internal.machine..")
        .check(javisor);
  }

  @Test
  void shouldReachTheHypervisorAndTheHostFromTheFacadeThroughMachinesOnly() {
    noClasses()
        .that()
        .resideInAPackage(ROOT)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.javisor.internal.kvm..",
            "dev.javisor.internal.sys..",
            "dev.javisor.internal.boot..",
            "dev.javisor.internal.legacy..")
        .check(javisor);
  }

  @Test
  void shouldNeedNothingOfOursForWhatBothSidesShare() {
    classes()
        .that()
        .resideInAnyPackage("dev.javisor.config", "dev.javisor.event")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", "dev.javisor.config", "dev.javisor.event")
        .check(javisor);
    classes()
        .that()
        .resideInAPackage("dev.javisor.error")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", "dev.javisor.error", "dev.javisor.event")
        .check(javisor);
  }

  @Test
  void shouldLetTheAgentBeALayerThatMachinesDoNotKnow() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT, "dev.javisor.agent", "dev.javisor.internal.agent")
        .and()
        .resideOutsideOfPackages(
            "dev.javisor.image", "dev.javisor.junit..", "dev.javisor.internal.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.javisor.agent", "dev.javisor.internal.agent")
        .check(javisor);
    classes()
        .that()
        .resideInAPackage("dev.javisor.agent")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", "dev.javisor.agent", "dev.javisor.error")
        .check(javisor);
  }

  @Test
  void shouldHaveNoCyclesBetweenPackages() {
    slices().assignedFrom(new Packages()).should().beFreeOfCycles().check(javisor);
  }

  @Test
  void shouldNotWriteToTheConsoleOfTheProcess() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.javisor.internal.cli..")
        .should(ACCESS_STANDARD_STREAMS)
        .check(javisor);
  }

  @Test
  void shouldKeepNoStateInStatics() {
    fields()
        .that()
        .areStatic()
        .and()
        .areDeclaredInClassesThat()
        .doNotHaveFullyQualifiedName("dev.javisor.internal.sys.Sys")
        .should()
        .beFinal()
        .because("several machines share a process")
        .check(javisor);
  }

  @Test
  void shouldSayOfEachPackageThatNullIsMarked() {
    Set<String> unmarked = new TreeSet<>();
    for (JavaClass type : javisor) {
      if (!type.getPackage().isAnnotatedWith(NullMarked.class)
          && !type.getPackageName().isEmpty()) {
        unmarked.add(type.getPackageName());
      }
    }

    assertTrue(unmarked.isEmpty(), unmarked::toString);
  }

  @Test
  void shouldCoverEveryPublicPackage() {
    Set<String> exported =
        javisor.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> !name.isEmpty() && !name.contains(".internal"))
            .collect(Collectors.toCollection(TreeSet::new));

    assertTrue(exported.equals(new TreeSet<>(Arrays.asList(PUBLIC))), exported::toString);
  }

  /** Each package by itself, not with those below it. */
  private static final class Packages implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return type.getPackageName().startsWith(ROOT)
          ? SliceIdentifier.of(type.getPackageName())
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }
}
