package dev.javisor.junit;

import dev.javisor.internal.config.HostMemory;
import dev.javisor.internal.config.MemorySize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/**
 * What the run's configuration says.
 *
 * @param multiplier what timeouts are multiplied by
 * @param budget what all machines may take together
 * @param skips whether tests are skipped where no machine can run Linux
 * @param consoles the folder for consoles
 */
record Settings(double multiplier, Need budget, boolean skips, Path consoles) {
  private static final String MULTIPLIER = "javisor.timeout.multiplier";
  private static final String MULTIPLIER_VARIABLE = "JAVISOR_TIMEOUT_MULTIPLIER";
  private static final String CPUS = "javisor.budget.cpus";
  private static final String MEMORY = "javisor.budget.memory";
  private static final String UNAVAILABLE = "javisor.unavailable";
  private static final String CONSOLES = "javisor.console.dir";

  /** Where a host tells nothing of its memory. */
  private static final long UNKNOWN_MEMORY = 2L << 30;

  /**
   * Reads them.
   *
   * @param parameters JUnit's configuration parameters
   * @param environment the process's environment
   * @throws ExtensionConfigurationException if a value makes no sense
   */
  static Settings of(
      Function<String, Optional<String>> parameters,
      Function<String, Optional<String>> environment) {
    Optional<String> multiplier =
        parameters.apply(MULTIPLIER).or(() -> environment.apply(MULTIPLIER_VARIABLE));
    int cpus =
        parameters
            .apply(CPUS)
            .map(Settings::cpus)
            .orElseGet(() -> 2 * Runtime.getRuntime().availableProcessors());
    long memory =
        parameters.apply(MEMORY).map(Settings::memory).orElseGet(Settings::halfOfTheMemory);
    return new Settings(
        multiplier.map(Settings::multiplier).orElse(1.0),
        new Need(cpus, memory),
        parameters.apply(UNAVAILABLE).map(Settings::skips).orElse(false),
        parameters.apply(CONSOLES).map(Path::of).orElseGet(Settings::defaultFolder));
  }

  private static long halfOfTheMemory() {
    return HostMemory.ofThisHost().available().orElse(UNKNOWN_MEMORY) / 2;
  }

  /** Beside the test reports, as far as one can tell the build tool: Maven's or Gradle's. */
  private static Path defaultFolder() {
    // Surefire says where the module is; others start tests there.
    Path module = Path.of(System.getProperty("basedir", ""));
    boolean isGradle =
        !Files.isDirectory(module.resolve("target")) && Files.isDirectory(module.resolve("build"));
    return module.resolve(
        isGradle ? "build/test-results/javisor" : "target/surefire-reports/javisor");
  }

  private static double multiplier(String text) {
    double value;
    try {
      value = Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      value = 0;
    }
    if (!(value >= 0.01 && value <= 1000)) {
      throw wrong(MULTIPLIER, text, "a number from 0.01 to 1000, such as 2.5");
    }
    return value;
  }

  private static int cpus(String text) {
    int value;
    try {
      value = Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      value = 0;
    }
    if (value < 1) {
      throw wrong(CPUS, text, "a number of vCPUs");
    }
    return value;
  }

  private static long memory(String text) {
    long bytes;
    try {
      bytes = MemorySize.parse(text);
    } catch (IllegalArgumentException e) {
      bytes = 0;
    }
    if (bytes <= 0) {
      throw wrong(MEMORY, text, "a size such as 4G");
    }
    return bytes;
  }

  private static boolean skips(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "fail" -> false;
      case "skip" -> true;
      default -> throw wrong(UNAVAILABLE, text, "fail or skip");
    };
  }

  private static ExtensionConfigurationException wrong(String key, String value, String expected) {
    return new ExtensionConfigurationException(
        "configuration parameter %s = %s: expected %s".formatted(key, value, expected));
  }
}
