package dev.javisor.internal.virtio.vsock;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drivers by chance, each by a seed that a failure names. */
class HostileVsockDriverTest {
  private static final int ROUNDS = 60;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldHarmNothing_whateverTheDriverDoes(long seed) {
    Random random = new Random(seed);
    int made = 0;
    for (int round = 0; round < ROUNDS; round++) {
      try (HostileVsockDriver driver = new HostileVsockDriver()) {
        made += driver.play(random, () -> true);
      }
    }
    assertTrue(made > ROUNDS, "%d connections, seed %d".formatted(made, seed));
  }
}
