package dev.javisor.bench.device;

import java.io.IOException;

/** Something that can bear a load. */
interface Subject {
  /** Its name in reports. */
  String title();

  /** Whether it is Javisor, rather than what Javisor is compared with. */
  boolean ours();

  /** Whether it is as fast as the host can be without any machine. */
  default boolean ceiling() {
    return false;
  }

  /**
   * Bears the load once.
   *
   * @return bytes a second
   * @throws IOException if it cannot
   */
  double bytesPerSecond() throws IOException, InterruptedException;
}
