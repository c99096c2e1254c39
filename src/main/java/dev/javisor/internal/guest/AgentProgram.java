package dev.javisor.internal.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The guest agent: the program that answers Javisor in a guest. It needs no libraries. */
public final class AgentProgram {
  /** The folder in the guest's initramfs that is Javisor's. */
  public static final String FOLDER = "/javisor";

  /** Where the program is in an initramfs. */
  public static final String PATH = FOLDER + "/agent";

  private static final String RESOURCE = "/dev/javisor/internal/agent/agent-x86_64";

  private AgentProgram() {}

  /**
   * The program's bytes: a static ELF file for x86-64.
   *
   * @throws IllegalStateException if this copy of Javisor was built without it
   */
  public static byte[] bytes() {
    try (InputStream in = AgentProgram.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(
            "this copy of Javisor has no guest agent inside (%s): build it by Maven or ./javisor"
                .formatted(RESOURCE));
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("the guest agent cannot be read from the jar: " + e, e);
    }
  }
}
