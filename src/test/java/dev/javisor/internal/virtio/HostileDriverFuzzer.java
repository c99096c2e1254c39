package dev.javisor.internal.virtio;

/**
 * The property tests of {@link HostileDriverTest} as a target for Jazzer, which finds programs by
 * coverage instead of chance: {@code mvn -Pfuzz test-compile exec:exec}. It needs no more than this
 * method's name, so that ordinary tests run without Jazzer and its agent.
 */
public final class HostileDriverFuzzer {
  private HostileDriverFuzzer() {}

  /** Plays one program against rings, and against registers. */
  public static void fuzzerTestOneInput(byte[] program) {
    try (HostileRing ring = new HostileRing();
        HostileDriver driver = new HostileDriver()) {
      ring.play(program);
      driver.play(program);
    }
  }
}
