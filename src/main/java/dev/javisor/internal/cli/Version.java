package dev.javisor.internal.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/** The version that the build has left beside the classes. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() throws IOException {
    try (InputStream in = Version.class.getResourceAsStream("version.txt")) {
      if (in == null) {
        throw new IOException("version.txt is missing beside " + Version.class);
      }
      return new String[] {
        "javisor " + new String(in.readAllBytes(), StandardCharsets.UTF_8).trim()
      };
    }
  }
}
