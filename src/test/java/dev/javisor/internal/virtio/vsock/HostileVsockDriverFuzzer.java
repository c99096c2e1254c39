package dev.javisor.internal.virtio.vsock;

import dev.javisor.internal.virtio.Program;

/**
 * The property test of {@link HostileVsockDriverTest} as a target for Jazzer: {@code mvn -Pfuzz
 * -Dfuzz.target=dev.javisor.internal.virtio.vsock.HostileVsockDriverFuzzer test-compile exec:exec}.
 */
public final class HostileVsockDriverFuzzer {
  private HostileVsockDriverFuzzer() {}

  /** Does what a program stands for. */
  public static void fuzzerTestOneInput(byte[] program) {
    Program chance = new Program(program);
    try (HostileVsockDriver driver = new HostileVsockDriver()) {
      driver.play(chance, chance::goesOn);
    }
  }
}
