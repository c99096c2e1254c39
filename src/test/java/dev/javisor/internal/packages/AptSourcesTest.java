package dev.javisor.internal.packages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptSourcesTest {
  @TempDir Path etc;

  private void write(String name, String text) throws IOException {
    Path file = etc.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private List<String> read() throws IOException {
    return AptSources.read(etc).stream()
        .map(a -> a + " " + a.components() + " " + a.keyring().map(Path::toString).orElse("-"))
        .toList();
  }

  @Test
  void shouldReadLines() throws IOException {
    write(
        "sources.list",
        """
        # deb http://off.example/debian bookworm main
        deb http://a.example/debian bookworm main contrib # a comment
        deb [arch=amd64 signed-by=/k/a.gpg,/k/b.gpg] https://b.example/debian/ trixie main
        deb-src http://c.example/debian bookworm main
        deb cdrom:[Debian]/ bookworm main
        deb http://flat.example/ ./
        nonsense
        """);

    assertEquals(
        List.of(
            "http://a.example/debian/ bookworm [main, contrib] -",
            "https://b.example/debian/ trixie [main] /k/a.gpg"),
        read());
  }

  @Test
  void shouldReadStanzas() throws IOException {
    write(
        "sources.list.d/debian.sources",
        """
        Types: deb deb-src
        # a comment
        URIs: http://a.example/debian http://b.example/debian
        Suites: bookworm bookworm-updates
        Components: main
        Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

        Enabled: no
        Types: deb
        URIs: http://off.example/debian
        Suites: bookworm
        Components: main

        Types: deb-src
        URIs: http://source.example/debian
        Suites: bookworm
        Components: main

        Types: deb
        URIs: http://key.example/debian
        Suites: sid
        Components: main
        Signed-By:
         -----BEGIN PGP PUBLIC KEY BLOCK-----
         .
         mDMEY
         -----END PGP PUBLIC KEY BLOCK-----
        """);
    write("sources.list.d/ignored.save", "deb http://c.example/debian bookworm main\n");

    String keyring = " [main] /usr/share/keyrings/debian-archive-keyring.gpg";
    assertEquals(
        List.of(
            "http://a.example/debian/ bookworm" + keyring,
            "http://a.example/debian/ bookworm-updates" + keyring,
            "http://b.example/debian/ bookworm" + keyring,
            "http://b.example/debian/ bookworm-updates" + keyring,
            "http://key.example/debian/ sid [main] -"),
        read());
  }

  @Test
  void shouldTakeTheFirstOfAListOfMirrors() throws IOException {
    write("mirrors/list", "# best first\nhttp://m.example/debian\tpriority:1\nhttp://n.example/\n");
    write("sources.list", "deb mirror+file:" + etc.resolve("mirrors/list") + " bookworm main\n");

    assertEquals(List.of("http://m.example/debian/ bookworm [main] -"), read());
  }

  @Test
  void shouldFindNothing_whenThereIsNothing() throws IOException {
    assertEquals(List.of(), AptSources.read(etc.resolve("none")));
  }

  @Test
  void shouldWriteALineThatAptReads() {
    Archive archive =
        new Archive(
            URI.create("http://a.example/debian"),
            "sid",
            List.of("main"),
            Optional.of(Path.of("/k.gpg")));

    assertEquals(
        "deb [arch=amd64 signed-by=/k.gpg] http://a.example/debian/ sid main",
        archive.toSourceLine("amd64"));
  }
}
