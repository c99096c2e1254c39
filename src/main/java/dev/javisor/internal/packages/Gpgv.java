package dev.javisor.internal.packages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Checks signatures by gpgv(1). */
final class Gpgv implements SignatureCheck {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Path program;

  Gpgv(Path program) {
    this.program = program;
  }

  @Override
  public String signedText(Path file, Path keyring, Path work) throws IOException {
    Path text = work.resolve("signed-text").toAbsolutePath();
    Files.deleteIfExists(text);
    ExternalCommand.Result result =
        new ExternalCommand(LIMIT, () -> {})
            .run(
                work,
                List.of(
                    program.toString(),
                    "--homedir",
                    work.toAbsolutePath().toString(),
                    "--status-fd",
                    "1",
                    "--keyring",
                    keyring.toAbsolutePath().toString(),
                    "--output",
                    text.toString(),
                    "--",
                    file.toAbsolutePath().toString()));
    // An archive is signed by several keys, of which an older machine may lack some: one good
    // signature is enough, and a bad one never is.
    boolean good = result.out().contains("[GNUPG:] GOODSIG ");
    boolean bad = result.out().contains("[GNUPG:] BADSIG ");
    if (!good || bad || !Files.isRegularFile(text)) {
      throw new IOException(
          "the signature of %s is not good by the keys in %s: %s"
              .formatted(file.getFileName(), keyring, result.words()));
    }
    return Files.readString(text);
  }
}
