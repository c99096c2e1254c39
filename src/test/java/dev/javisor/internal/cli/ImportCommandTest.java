package dev.javisor.internal.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.image.Ext4Disk;
import dev.javisor.internal.image.TarFixture;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCommandTest {
  @TempDir private Path folder;

  private final MainCalls main = new MainCalls();

  private int importing(String... words) {
    Path tar = new TarFixture().file("a", "content").writeTo(folder.resolve("a.tar"));
    String[] all = new String[words.length + 3];
    all[0] = "import";
    System.arraycopy(words, 0, all, 1, words.length);
    all[words.length + 1] = tar.toString();
    all[words.length + 2] = folder.resolve("disk").toString();
    return main.run(all);
  }

  @Test
  void shouldMakeADisk() throws Exception {
    assertEquals(ExitStatus.OK, importing("--from=tar", "--size=8", "--label=x"), main.err());

    assertEquals("content", new Ext4Disk(folder.resolve("disk")).check().text("/a"));
    assertEquals(folder.resolve("disk") + ": 8 MiB\n", main.out());
    assertTrue(main.err().contains("reading "), main.err());
  }

  @Test
  void shouldMakeAnInitramfs() throws Exception {
    assertEquals(ExitStatus.OK, importing("--from=tar", "--initramfs"), main.err());

    assertTrue(Files.readString(folder.resolve("disk")).startsWith("070701"));
  }

  @Test
  void shouldMakeASquashfs() throws Exception {
    assertEquals(ExitStatus.OK, importing("--from=tar", "--squashfs"), main.err());

    assertTrue(
        new String(Files.readAllBytes(folder.resolve("disk")), ISO_8859_1).startsWith("hsqs"));
    assertEquals(ExitStatus.USAGE, importing("--from=tar", "--squashfs", "--initramfs"));
  }

  @Test
  void shouldSayWhatIsWrong() {
    assertEquals(ExitStatus.ERROR, importing("--from=oci"));
    assertTrue(main.err().contains("no OCI layout"), main.err());
    assertEquals(ExitStatus.USAGE, importing("--from=tar", "--label=" + "x".repeat(17)));
    assertTrue(main.err().contains("expected up to 16 bytes"), main.err());
    assertEquals(ExitStatus.USAGE, importing("--from=zip"));
    assertTrue(main.err().contains("import --help"), main.err());
    assertFalse(Files.exists(folder.resolve("disk")));
  }

  @Test
  void shouldDrawABarOnATerminal() {
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    ProgressBar bar = new ProgressBar(new PrintStream(screen, true, UTF_8), true);

    bar.step("layer 1 of 2");
    bar.bytes(1 << 20, 2 << 20);
    bar.bytes(2 << 20, 2 << 20);
    bar.end();

    String drawn = screen.toString(UTF_8);
    assertTrue(drawn.contains("layer 1 of 2 [" + "#".repeat(30) + "] 100%, 2 of 2 MiB"), drawn);
    assertTrue(drawn.endsWith("\r\u001b[K"), "it is gone at the end");
  }
}
