package dev.javisor.internal.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.image.tree.Limits;
import dev.javisor.internal.image.tree.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Squashfs file systems made of archives, looked at by squashfs-tools. */
@Timeout(120)
class SquashfsTest {
  private static final Limits LIMITS = new Limits(256 << 20, 70_000);

  @TempDir private Path folder;

  private Path make(TarFixture tar) {
    Path file = tar.writeTo(folder.resolve("a.tar"));
    Path disk = folder.resolve("disk.squashfs");
    new DiskMaker(ImageSource.ofTar(file), LIMITS, Progress.NONE).writeSquashfs(disk);
    return disk;
  }

  private static byte[] run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    byte[] output = process.getInputStream().readAllBytes();
    assertEquals(0, process.waitFor(), () -> new String(output, UTF_8));
    return output;
  }

  private static void assertListed(String list, String pattern) {
    assertTrue(
        list.lines().anyMatch(line -> line.matches(pattern)),
        () -> pattern + " is not in\n" + list);
  }

  @Test
  void shouldKeepOwnersModesLinksAndDevices() throws Exception {
    Path disk =
        make(
            new TarFixture()
                .file("etc/shadow", "secret\n".getBytes(UTF_8), 0640, 0, 42)
                .file("usr/bin/sudo", new byte[0], 04755, 0, 0)
                .folder("home/ada", 02750, 1000, 70_000)
                .hardLink("etc/other", "etc/shadow")
                .link("lib", "usr/lib")
                .device("dev/null", false, 1, 3)
                .device("dev/far", true, 259, 7)
                .attributes("capable", Map.of("security.capability", "\u0001", "user.a", "b")));

    String list = new String(run("unsquashfs", "-lln", disk.toString()), UTF_8);
    String date = " 2023-11-14 \\S+ squashfs-root/";
    assertListed(list, "-rw-r----- 0/42 +7" + date + "etc/shadow");
    assertListed(list, "-rw-r----- 0/42 +7" + date + "etc/other");
    assertListed(list, "-rwsr-xr-x 0/0 +0" + date + "usr/bin/sudo");
    assertListed(list, "drwxr-s--- 1000/70000 +3" + date + "home/ada");
    assertListed(list, "lrwxrwxrwx 0/0 +7" + date + "lib -> usr/lib");
    assertListed(list, "crw-rw---- 0/6 +1, +3" + date + "dev/null");
    assertListed(list, "brw-rw---- 0/6 +259, +7" + date + "dev/far");
    assertEquals("secret\n", new String(run("sqfscat", disk.toString(), "etc/other"), UTF_8));
    String facts = new String(run("unsquashfs", "-s", disk.toString()), UTF_8);
    assertTrue(facts.contains("Xattrs are compressed"), facts);
    assertTrue(facts.contains("Number of ids 5"), facts);
  }

  @Test
  void shouldHoldLargeFiles_withZerosThatTakeNoRoom() throws Exception {
    byte[] large = new byte[(24 << 20) + 77];
    new Random(1).nextBytes(large);
    Arrays.fill(large, 4 << 20, 20 << 20, (byte) 0);
    byte[] zeros = new byte[300_000];

    Path disk =
        make(
            new TarFixture()
                .file("large", large, 0644, 0, 0)
                .file("zeros", zeros, 0644, 0, 0)
                .file("text", "x".repeat(200_000)));

    assertArrayEquals(large, run("sqfscat", disk.toString(), "large"));
    assertArrayEquals(zeros, run("sqfscat", disk.toString(), "zeros"));
    assertEquals(200_000, run("sqfscat", disk.toString(), "text").length);
    assertTrue(Files.size(disk) < 9 << 20, Files.size(disk) + " bytes");
  }

  @Test
  void shouldHoldFoldersOfThousandsAndDeepOnes() throws Exception {
    TarFixture tar = new TarFixture();
    for (int i = 0; i < 34_000; i++) {
      tar.file("many/file-%05d".formatted(i), i % 1000 == 0 ? "content " + i : "");
    }
    // A name whose inode is far from that of the names beside it.
    tar.hardLink("a", "many/file-33000");
    tar.file("b", "").file("d/".repeat(200) + "end", "deep").file("größe", "utf");

    Path disk = make(tar);

    String list = new String(run("unsquashfs", "-lln", disk.toString()), UTF_8);
    assertEquals(34_000, list.lines().filter(line -> line.contains("many/file")).count());
    assertEquals("content 33000", new String(run("sqfscat", disk.toString(), "a"), UTF_8));
    assertEquals(
        "content 23000", new String(run("sqfscat", disk.toString(), "many/file-23000"), UTF_8));
    assertEquals(
        "deep", new String(run("sqfscat", disk.toString(), "d/".repeat(200) + "end"), UTF_8));
    assertTrue(list.contains("squashfs-root/größe"));
  }

  @Test
  void shouldHoldAnEmptyTree_andGiveEqualBytes() throws Exception {
    byte[] first = Files.readAllBytes(make(new TarFixture()));
    Path disk = make(new TarFixture());

    assertArrayEquals(first, Files.readAllBytes(disk));
    assertTrue(
        new String(run("unsquashfs", "-lln", disk.toString()), UTF_8).contains("drwxr-xr-x"));
  }
}
