package dev.javisor.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Runs on several versions of JUnit: {@link JupiterVersionsTest}. */
class SettingsTest {
  private static Settings settings(Map<String, String> parameters, Map<String, String> variables) {
    return Settings.of(
        name -> Optional.ofNullable(parameters.get(name)),
        name -> Optional.ofNullable(variables.get(name)));
  }

  @Test
  void shouldHaveDefaults() {
    Settings settings = settings(Map.of(), Map.of());

    assertEquals(1, settings.multiplier());
    assertEquals(2 * Runtime.getRuntime().availableProcessors(), settings.budget().cpus());
    assertTrue(settings.budget().memory() > 0);
    assertFalse(settings.skips());
    assertTrue(settings.consoles().endsWith(Path.of("target/surefire-reports/javisor")));
  }

  @Test
  void shouldTakeWhatTheConfigurationSays() {
    Settings settings =
        settings(
            Map.of(
                "javisor.timeout.multiplier", "4",
                "javisor.budget.cpus", "3",
                "javisor.budget.memory", "2G",
                "javisor.unavailable", "skip",
                "javisor.console.dir", "/reports"),
            Map.of("JAVISOR_TIMEOUT_MULTIPLIER", "9"));

    assertEquals(new Settings(4, new Need(3, 2L << 30), true, Path.of("/reports")), settings);
  }

  @Test
  void shouldTakeTheMultiplierFromTheEnvironment_whenTheConfigurationHasNone() {
    assertEquals(9, settings(Map.of(), Map.of("JAVISOR_TIMEOUT_MULTIPLIER", "9")).multiplier());
  }
}
