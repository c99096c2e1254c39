package dev.javisor.internal.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import dev.javisor.internal.image.ext4.Ext4;
import dev.javisor.internal.image.tree.Limits;
import dev.javisor.internal.image.tree.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Archives that want to harm this host, or are none. */
@Timeout(120)
class HostileArchiveTest {
  private static final Limits LIMITS = new Limits(1 << 20, 200);
  private static final Ext4.Options OPTIONS = new Ext4.Options(0, 1 << 20, "");

  @TempDir private Path folder;

  private void importing(byte[] archive) throws IOException {
    Path file = Files.write(folder.resolve("a.tar"), archive);
    new DiskMaker(ImageSource.ofTar(file), LIMITS, Progress.NONE)
        .writeExt4(folder.resolve("disk"), OPTIONS);
  }

  private void assertRefused(Reason reason, String words, byte[] archive) {
    ImageException e = assertThrows(ImageException.class, () -> importing(archive));

    assertEquals(reason, e.reason(), e::getMessage);
    assertTrue(e.getMessage().contains(words), e::getMessage);
    assertEquals(1, files(), "nothing but the archive is there");
  }

  private long files() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void shouldRefuseNamesThatLeadUpward() {
    for (String name : new String[] {"../etc/passwd", "a/../../b", "/../x", "a/..", ".."}) {
      assertRefused(Reason.UNSAFE, "leads upward", new TarFixture().file(name, "x").toBytes());
    }
  }

  @Test
  void shouldPutAbsoluteNamesBelowItsOwnRoot() throws Exception {
    importing(new TarFixture().file("//etc//./passwd", "inside").toBytes());

    assertEquals("inside", new Ext4Disk(folder.resolve("disk")).check().text("/etc/passwd"));
  }

  @Test
  void shouldFollowAbsoluteLinksInItsOwnRoot() throws Exception {
    Path outside = Files.createDirectory(folder.resolve("outside"));

    importing(
        new TarFixture()
            .link("way", outside.toString())
            .file("way/in", "x")
            .link("up", "../../../../..")
            .file("up/y", "y")
            .toBytes());

    Ext4Disk disk = new Ext4Disk(folder.resolve("disk")).check();
    assertEquals("x", disk.text(outside + "/in"));
    assertEquals("y", disk.text("/y"));
    assertEquals(0, outside.toFile().list().length);
  }

  @Test
  void shouldRefuseHardLinksOutward() {
    for (String target : new String[] {"../outside", "/../../etc/shadow"}) {
      assertRefused(
          Reason.UNSAFE, "leads upward", new TarFixture().hardLink("a", target).toBytes());
    }
    assertRefused(
        Reason.UNSAFE,
        "hard link to /etc/shadow, which is no file in it",
        new TarFixture().hardLink("a", "/etc/shadow").toBytes());
    assertRefused(
        Reason.UNSAFE,
        "no file in it",
        new TarFixture().folder("d", 0755, 0, 0).hardLink("a", "d").toBytes());
  }

  @Test
  void shouldRefuseLinksThatGoInCircles() {
    assertRefused(
        Reason.UNSAFE,
        "more than 40 links",
        new TarFixture().link("a", "b").link("b", "a").file("a/x", "x").toBytes());
  }

  @Test
  void shouldRefuseFilesBelowFiles() {
    assertRefused(
        Reason.UNSAFE, "no folder", new TarFixture().file("a", "x").file("a/b", "y").toBytes());
  }

  @Test
  void shouldRefuseToBecomeAnotherRoot() {
    assertRefused(Reason.UNSAFE, "replace the root", new TarFixture().link("./", "x").toBytes());
  }

  @Test
  void shouldRefuseAMemberOf100Gigabytes_withoutReadingIt() {
    byte[] head = new TarFixture().file("huge", "x").toBytes();
    Arrays.fill(head, 124, 136, (byte) 0);
    // Base 256, as GNU tar writes it.
    head[124] = (byte) 0x80;
    head[131] = 0x19;
    fixSum(head);

    assertRefused(Reason.TOO_LARGE, "huge of 107374182400 bytes", head);
  }

  @Test
  void shouldRefuseMoreBytesThanAllowed_inManyFiles() {
    TarFixture tar = new TarFixture();
    for (int i = 0; i < 5; i++) {
      tar.file("file" + i, new byte[300 << 10], 0644, 0, 0);
    }
    assertRefused(Reason.TOO_LARGE, "more than 1048576", tar.toBytes());
  }

  @Test
  void shouldRefuseMoreFilesThanAllowed() {
    TarFixture tar = new TarFixture();
    for (int i = 0; i < 201; i++) {
      tar.file("file" + i, "");
    }
    assertRefused(Reason.TOO_LARGE, "more than 200 files", tar.toBytes());
  }

  @Test
  void shouldRefuseNamesThatNoFileSystemHas() {
    assertRefused(
        Reason.UNSAFE, "longer than 255", new TarFixture().file("x".repeat(256), "").toBytes());
    assertRefused(
        Reason.UNSAFE, "longer than 4095", new TarFixture().file("x/".repeat(2500), "").toBytes());
  }

  @Test
  void shouldKeepNamesOf255Bytes_andThoseThatAreNoText() throws Exception {
    byte[] tar = new TarFixture().file("x".repeat(255), "long").file("odd", "bytes").toBytes();
    int at = new String(tar, ISO_8859_1).indexOf("odd\0");
    tar[at + 1] = (byte) 0xff;
    byte[] block = Arrays.copyOfRange(tar, at, at + 512);
    fixSum(block);
    System.arraycopy(block, 0, tar, at, 512);

    importing(tar);

    Ext4Disk disk = new Ext4Disk(folder.resolve("disk")).check();
    assertEquals("long", disk.text("/" + "x".repeat(255)));
    assertTrue(disk.ask("ls /").contains("o\\xffd"), disk.ask("ls /"));
  }

  @Test
  void shouldTakeTheLastOfMembersThatHaveOneName() throws Exception {
    importing(
        new TarFixture()
            .file("a", "first")
            .hardLink("b", "a")
            .file("a", "second")
            .link("c", "/outside")
            .file("c", "no link")
            .toBytes());

    Ext4Disk disk = new Ext4Disk(folder.resolve("disk")).check();
    assertEquals("second", disk.text("/a"));
    assertEquals("first", disk.text("/b"));
    assertEquals("no link", disk.text("/c"));
  }

  @Test
  void shouldRefuseNegativeSizes_andHeadersOfGigabytes() {
    for (char type : new char[] {'0', 'x', 'g', 'L', 'K', 'S', 'V', '3'}) {
      byte[] negative = new TarFixture().file("a", "x").toBytes();
      negative[156] = (byte) type;
      Arrays.fill(negative, 124, 136, (byte) 0xff);
      fixSum(negative);
      assertRefused(Reason.DAMAGED, "", negative);
    }
    for (char type : new char[] {'x', 'g', 'L', 'K'}) {
      byte[] huge = new TarFixture().file("a", "x").toBytes();
      huge[156] = (byte) type;
      System.arraycopy("77777777777\0".getBytes(ISO_8859_1), 0, huge, 124, 12);
      fixSum(huge);
      assertRefused(Reason.DAMAGED, "extended header of 8589934591 bytes", huge);
    }
  }

  @Test
  void shouldRefuseHeadersWithoutEnd() {
    byte[] header = new TarFixture().file("a", "12 path=abc\n").toBytes();
    header[156] = 'x';
    fixSum(header);
    byte[] many = new byte[200 * 1024];
    for (int i = 0; i < 200; i++) {
      System.arraycopy(header, 0, many, i * 1024, 1024);
    }

    assertRefused(Reason.DAMAGED, "more than 100 headers", TarFixture.gzip(many));
  }

  @Test
  void shouldRefuseABomb_beforeItIsUnpacked() throws Exception {
    byte[] bomb =
        TarFixture.gzip(new TarFixture().file("a", new byte[64 << 20], 0, 0, 0).toBytes());

    assertTrue(bomb.length < 100_000);
    assertRefused(Reason.TOO_LARGE, "more than 1048576", bomb);
  }

  @Test
  void shouldRefuseTooManyExtendedAttributes() {
    assertRefused(
        Reason.TOO_LARGE,
        "extended attributes",
        new TarFixture().attributes("a", Map.of("user.x", "y".repeat(4000))).toBytes());
  }

  @Test
  void shouldRefuseWhatIsNoArchive() {
    byte[] noise = new byte[10_000];
    new Random(5).nextBytes(noise);

    assertRefused(Reason.DAMAGED, "no tar archive", noise);
    assertRefused(Reason.DAMAGED, "damaged", Arrays.copyOf(TarFixture.gzip(noise), 3000));
  }

  @Test
  void shouldEndForEveryByteThatIsWrong() throws Exception {
    byte[] good =
        new TarFixture()
            .file("größe/with a name that needs an extended header", "content")
            .hardLink("b", "größe/with a name that needs an extended header")
            .device("c", true, 8, 1)
            .toBytes();
    Random random = new Random(11);
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      byte[] bad = good.clone();
      int at = random.nextInt(4096);
      bad[at] = (byte) random.nextInt(256);
      if (random.nextBoolean()) {
        fixSums(bad);
      }
      try {
        importing(bad);
      } catch (ImageException e) {
        refused++;
      }
    }
    assertTrue(refused > 50, refused + " of 400 were refused");
  }

  private static void fixSums(byte[] tar) {
    for (int at = 0; at + 512 <= tar.length; at += 512) {
      if (new String(tar, at + 257, 5, ISO_8859_1).equals("ustar")) {
        byte[] block = Arrays.copyOfRange(tar, at, at + 512);
        fixSum(block);
        System.arraycopy(block, 0, tar, at, 512);
      }
    }
  }

  static void fixSum(byte[] tar) {
    Arrays.fill(tar, 148, 156, (byte) ' ');
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += tar[i] & 0xff;
    }
    byte[] digits = "%06o\0 ".formatted(sum).getBytes(ISO_8859_1);
    System.arraycopy(digits, 0, tar, 148, 8);
  }
}
