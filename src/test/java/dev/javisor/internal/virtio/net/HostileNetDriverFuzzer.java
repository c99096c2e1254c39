package dev.javisor.internal.virtio.net;

import dev.javisor.internal.virtio.Program;

/**
 * The property test of {@link HostileNetDriverTest} as a target for Jazzer: {@code mvn -Pfuzz
 * -Dfuzz.target=dev.javisor.internal.virtio.net.HostileNetDriverFuzzer test-compile exec:exec}.
 */
public final class HostileNetDriverFuzzer {
  private HostileNetDriverFuzzer() {}

  /** Does what a program stands for. */
  public static void fuzzerTestOneInput(byte[] program) {
    Program chance = new Program(program);
    try (HostileNetDriver driver = new HostileNetDriver()) {
      driver.play(chance, chance::goesOn);
    }
  }
}
