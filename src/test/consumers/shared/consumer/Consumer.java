package consumer;

import dev.javisor.Hypervisor;
import dev.javisor.VirtualMachine;
import dev.javisor.error.ConfigurationProblem;
import dev.javisor.error.InvalidConfigurationException;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

/** Uses Javisor as a program outside its tree does. */
final class Consumer {
  private Consumer() {}

  static void useJavisor() throws IOException, URISyntaxException, ReflectiveOperationException {
    probe();
    reportAllMistakes();
    loadAllPublicTypes();
    for (String optional : List.of("picocli.CommandLine", "org.junit.jupiter.api.Test")) {
      check(!isThere(optional), optional + " should not be needed, but is on the path");
    }
  }

  static void check(boolean condition, String message) {
    if (!condition) {
      throw new AssertionError(message);
    }
  }

  private static void probe() {
    Hypervisor host = Hypervisor.probe();
    check(host.isAvailable() == host.obstacle().isEmpty(), "an obstacle exactly where unavailable");
    System.out.printf(
        "probe: %s%n",
        host.obstacle()
            .map(obstacle -> obstacle.reason() + "; " + obstacle.fix())
            .orElse("up to " + host.maxVcpus() + " vCPUs"));
    // A JVM that was not granted native access, or a jar that JNA cannot use, shows here.
    check(
        host.obstacle().map(o -> !o.reason().contains("native code")).orElse(true),
        "native code could not be loaded");
  }

  private static void reportAllMistakes() {
    try {
      VirtualMachine.builder().kernel(Path.of("no-such-kernel")).cpus(0).memory("1 potato").build();
    } catch (InvalidConfigurationException e) {
      Set<String> fields =
          e.problems().stream().map(ConfigurationProblem::field).collect(Collectors.toSet());
      check(fields.equals(Set.of("kernel", "cpus", "memory")), "mistakes in " + fields);
      System.out.println(e.getMessage());
      return;
    }
    throw new AssertionError("a configuration full of mistakes was accepted");
  }

  /** Loads, links and takes apart each type, so that one that misses a library fails. */
  private static void loadAllPublicTypes()
      throws IOException, URISyntaxException, ReflectiveOperationException {
    Path jar =
        Path.of(VirtualMachine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    check(jar.toString().endsWith(".jar"), "Javisor does not come from a jar: " + jar);
    Set<String> exported =
        ModuleFinder.of(jar).findAll().iterator().next().descriptor().exports().stream()
            .filter(export -> !export.isQualified())
            .map(ModuleDescriptor.Exports::source)
            // For those who have JUnit.
            .filter(name -> !name.equals("dev.javisor.junit"))
            .collect(Collectors.toSet());
    check(exported.contains("dev.javisor.guest"), "exported: " + exported);
    int loaded = 0;
    try (JarFile file = new JarFile(jar.toFile())) {
      for (String entry : file.stream().map(Object::toString).toList()) {
        int slash = entry.lastIndexOf('/');
        if (entry.endsWith(".class")
            && slash > 0
            && exported.contains(entry.substring(0, slash).replace('/', '.'))
            && !entry.endsWith("package-info.class")) {
          String name = entry.substring(0, entry.length() - ".class".length()).replace('/', '.');
          Class<?> type = Class.forName(name);
          type.getMethods();
          type.getDeclaredConstructors();
          loaded++;
        }
      }
    }
    check(loaded > 30, "only " + loaded + " types loaded");
    System.out.println(loaded + " types in " + exported.size() + " packages");
  }

  private static boolean isThere(String type) {
    try {
      Class.forName(type);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
