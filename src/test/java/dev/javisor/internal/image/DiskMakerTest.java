package dev.javisor.internal.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks made of archives and folders, looked at by e2fsprogs. */
class DiskMakerTest {
  private static final Ext4.Options SMALL = new Ext4.Options(0, 8 << 20, "root");
  private static final Limits LIMITS = new Limits(256 << 20, 20_000);

  @TempDir private Path folder;

  private Ext4Disk disk(TarFixture tar) throws Exception {
    Path disk = folder.resolve("disk.ext4");
    make(tar).writeExt4(disk, SMALL);
    return new Ext4Disk(disk).check();
  }

  private DiskMaker make(TarFixture tar) {
    Path file = tar.writeTo(folder.resolve("a.tar"));
    return new DiskMaker(ImageSource.ofTar(file), LIMITS, Progress.NONE);
  }

  @Test
  void shouldKeepOwnersModesAndContent() throws Exception {
    Ext4Disk disk =
        disk(
            new TarFixture()
                .folder("etc", 0755, 0, 0)
                .file("etc/shadow", "secret\n".getBytes(), 0640, 0, 42)
                .file("usr/bin/sudo", new byte[0], 04755, 0, 0)
                .folder("home/ada", 02750, 1000, 70_000)
                .file("home/ada/big", "x".repeat(10_000).getBytes(), 0600, 100_000, 70_000));

    assertEquals("secret\n", disk.text("/etc/shadow"));
    assertEquals("regular 0640 0:42 7 links=1", disk.facts("/etc/shadow"));
    assertEquals("regular 04755 0:0 0 links=1", disk.facts("/usr/bin/sudo"));
    assertEquals("directory 02750 1000:70000 4096 links=2", disk.facts("/home/ada"));
    assertEquals("regular 0600 100000:70000 10000 links=1", disk.facts("/home/ada/big"));
    assertEquals("directory 0755 0:0 4096 links=3", disk.facts("/home"));
    assertEquals("x".repeat(10_000), disk.text("/home/ada/big"));
    assertTrue(disk.ask("stat /etc/shadow").contains("mtime: 0x6553f100:00000000"));
  }

  @Test
  void shouldKeepLinksDevicesAndPipes() throws Exception {
    String far = "/a".repeat(900);
    Ext4Disk disk =
        disk(
            new TarFixture()
                .file("bin/busybox", "program")
                .hardLink("bin/sh", "bin/busybox")
                .hardLink("bin/ls", "./bin/busybox")
                .link("lib", "usr/lib")
                .link("far", far)
                .device("dev/null", false, 1, 3)
                .device("dev/sda", true, 8, 0)
                .device("dev/far", true, 259, 70_000));

    assertEquals("regular 0644 0:0 7 links=3", disk.facts("/bin/ls"));
    assertEquals("program", disk.text("/bin/sh"));
    assertTrue(disk.ask("stat /lib").contains("Fast link dest: \"usr/lib\""));
    assertEquals("symlink 0777 0:0 1800 links=1", disk.facts("/far"));
    assertEquals("character special 0660 0:6 0 links=1", disk.facts("/dev/null"));
    assertTrue(disk.ask("stat /dev/null").contains("Device major/minor number: 01:03"));
    assertTrue(disk.ask("stat /dev/sda").contains("Device major/minor number: 08:00"));
    assertTrue(disk.ask("stat /dev/far").contains("(hex 103:11170)"));
  }

  @Test
  void shouldKeepExtendedAttributes_inTheInodeOrBesideIt() throws Exception {
    String capability = "\u0001\0\0\u0002\0\u0020\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    Ext4Disk disk =
        disk(
            new TarFixture()
                .attributes("ping", Map.of("security.capability", capability))
                .attributes("many", Map.of("user.a", "b".repeat(500), "user.bb", "c".repeat(501))));

    assertTrue(
        disk.ask("ea_get -x /ping security.capability").contains("01 00 00 02 00 20"),
        disk.ask("ea_list /ping"));
    assertEquals("b".repeat(500), disk.ask("ea_get -V /many user.a").strip());
    assertEquals("c".repeat(501), disk.ask("ea_get -V /many user.bb").strip());
  }

  @Test
  void shouldHoldFoldersOfThousandsAndDeepOnes() throws Exception {
    TarFixture tar = new TarFixture();
    for (int i = 0; i < 3000; i++) {
      tar.file("many/file-with-a-longer-name-%05d".formatted(i), "content " + i);
    }
    for (int i = 0; i < 200; i++) {
      tar.folder("folders/" + i, 0755, 0, 0);
    }
    tar.file("d/".repeat(300) + "end", "deep");

    Ext4Disk disk = disk(tar);

    assertEquals("content 2999", disk.text("/many/file-with-a-longer-name-02999"));
    assertEquals(
        "directory 0755 0:0 8192 links=202", disk.facts("/folders").replace("4096", "8192"));
    assertEquals("deep", disk.text("/" + "d/".repeat(300) + "end"));
  }

  @Test
  void shouldHoldLargeFiles_withZerosThatTakeNoRoom() throws Exception {
    byte[] large = new byte[24 << 20];
    new Random(1).nextBytes(large);
    Arrays.fill(large, 4 << 20, 20 << 20, (byte) 0);

    Ext4Disk disk = disk(new TarFixture().file("large", large, 0644, 0, 0).file("next", "next"));

    assertArrayEquals(large, disk.read("/large"));
    assertEquals("next", disk.text("/next"));
    long takes = allocated(disk.file());
    assertTrue(takes < 12 << 20, takes + " bytes on this host");
  }

  private static long allocated(Path file) throws Exception {
    Process du = new ProcessBuilder("du", "-B1", file.toString()).start();
    return Long.parseLong(new String(du.getInputStream().readAllBytes()).split("\\s")[0]);
  }

  @Test
  void shouldKeepNamesOfAnyBytes() throws Exception {
    Ext4Disk disk = disk(new TarFixture().file("größe", "utf").file("a b\tc", "blank"));

    assertEquals("utf", disk.text("/größe"));
    assertEquals("blank", disk.text("\"/a b\tc\""));
  }

  @Test
  void shouldGiveEqualBytes_whenTheSourceIsEqual() throws Exception {
    TarFixture tar = new TarFixture().file("a", "1").folder("b", 0700, 1, 1).link("c", "d");
    Path archive = tar.writeTo(folder.resolve("e.tar"));
    Path copy = Files.copy(archive, folder.resolve("copy.tar"));

    new DiskMaker(ImageSource.ofTar(archive), LIMITS, Progress.NONE)
        .writeExt4(folder.resolve("1"), SMALL);
    new DiskMaker(ImageSource.ofTar(copy), LIMITS, Progress.NONE)
        .writeExt4(folder.resolve("2"), SMALL);

    assertEquals(-1, Files.mismatch(folder.resolve("1"), folder.resolve("2")));
  }

  @Test
  void shouldHaveTheSizeThatWasAskedFor() throws Exception {
    for (long mib : List.of(1L, 2L, 127L, 128L, 129L, 5000L)) {
      Path disk = folder.resolve("sized");
      make(new TarFixture().file("a", "1")).writeExt4(disk, new Ext4.Options(mib << 20, 0, ""));

      assertEquals(mib << 20, Files.size(disk));
      assertEquals("1", new Ext4Disk(disk).check().text("/a"));
    }
  }

  @Test
  void shouldRefuseASizeThatIsTooSmall() {
    Path disk = folder.resolve("small");
    DiskMaker maker = make(new TarFixture().file("a", new byte[3 << 20], 0644, 0, 0));
    Ext4.Options options = new Ext4.Options(2 << 20, 0, "");

    ImageException e = assertThrows(ImageException.class, () -> maker.writeExt4(disk, options));

    assertEquals(Reason.TOO_LARGE, e.reason());
    assertTrue(e.getMessage().contains("choose a larger size than 2 MiB"), e.getMessage());
    assertNothingIsLeft();
  }

  @Test
  void shouldTakeAFolderOfThisHost() throws Exception {
    Path tree = Files.createDirectories(folder.resolve("tree/etc")).getParent();
    Files.writeString(tree.resolve("etc/a"), "from a folder");
    Files.createSymbolicLink(tree.resolve("link"), Path.of("../../outside/./x"));
    Files.createLink(tree.resolve("etc/b"), tree.resolve("etc/a"));
    Files.setAttribute(tree.resolve("etc/a"), "user:note", "größe".getBytes(UTF_8));
    Files.setAttribute(tree.resolve("etc"), "user:kind", new byte[] {0, (byte) 0xff});
    Path disk = folder.resolve("disk");

    new DiskMaker(ImageSource.ofFolder(tree), LIMITS, Progress.NONE).writeExt4(disk, SMALL);

    Ext4Disk checked = new Ext4Disk(disk).check();
    assertEquals("from a folder", checked.text("/etc/b"));
    assertEquals("regular 0644 0:0 13 links=2", checked.facts("/etc/a"));
    assertEquals("größe", checked.ask("ea_get -V /etc/b user.note").strip());
    assertTrue(checked.ask("ea_get -x /etc user.kind").contains("00 ff"));
    assertTrue(checked.ask("stat /link").contains("\"../../outside/./x\""));
  }

  @Test
  void shouldTakeNamesOfAFolderAsBytes() throws Exception {
    Path tree = Files.createDirectory(folder.resolve("odd"));
    new ProcessBuilder("sh", "-c", "printf odd > \"$(printf 'a\\377\\303b')\"")
        .directory(tree.toFile())
        .start()
        .waitFor();
    Path disk = folder.resolve("disk");

    new DiskMaker(ImageSource.ofFolder(tree), LIMITS, Progress.NONE).writeExt4(disk, SMALL);

    String names = new Ext4Disk(disk).check().ask("ls /");
    assertTrue(names.contains("a\\xff\\xc3b"), names);
  }

  @Test
  void shouldLeaveNothing_whenTheArchiveIsCutOff() throws Exception {
    Path file = new TarFixture().file("a", "x".repeat(100_000)).writeTo(folder.resolve("cut.tar"));
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 50_000));
    DiskMaker maker = new DiskMaker(ImageSource.ofTar(file), LIMITS, Progress.NONE);

    ImageException e =
        assertThrows(ImageException.class, () -> maker.writeExt4(folder.resolve("disk"), SMALL));

    assertEquals(Reason.DAMAGED, e.reason());
    assertTrue(e.getMessage().contains("cut off"), e.getMessage());
    assertNothingIsLeft();
  }

  @Test
  void shouldBlameThisHost_whenTheTargetCannotBeWritten() throws Exception {
    DiskMaker maker = make(new TarFixture().file("a", "b"));

    ImageException e =
        assertThrows(
            ImageException.class, () -> maker.writeExt4(Path.of("/dev/no/such/disk"), SMALL));

    assertEquals(Reason.HOST, e.reason());
  }

  @Test
  void shouldWriteAnInitramfs_withOwnersDevicesAndLinks() throws Exception {
    Path cpio = folder.resolve("initramfs");
    make(new TarFixture()
            .file("init", "#!/bin/sh\n".getBytes(), 0755, 0, 0)
            .file("etc/a", "content".getBytes(), 0640, 7, 8)
            .hardLink("etc/b", "etc/a")
            .link("bin", "usr/bin")
            .device("dev/console", false, 5, 1))
        .writeInitramfs(cpio);

    Process list =
        new ProcessBuilder("cpio", "-itvn", "--quiet").redirectInput(cpio.toFile()).start();
    String text = new String(list.getInputStream().readAllBytes());
    assertTrue(text.matches("(?s).*-rwxr-xr-x +1 0 +0 +10 .* init\n.*"), text);
    assertTrue(text.matches("(?s).*-rw-r----- +2 7 +8 +7 .* etc/a\n.*"), text);
    assertTrue(text.matches("(?s).*crw-rw---- +1 0 +6 +5, +1 .* dev/console\n.*"), text);
    assertTrue(text.contains("bin -> usr/bin"), text);
  }

  private void assertNothingIsLeft() {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> names = files.map(file -> file.getFileName().toString()).toList();
      assertFalse(names.stream().anyMatch(name -> !name.endsWith(".tar")), names::toString);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
