package dev.javisor.internal.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import dev.javisor.internal.image.ext4.Ext4;
import dev.javisor.internal.image.tree.Limits;
import dev.javisor.internal.image.tree.Progress;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sparse members, as GNU tar writes them and as nobody should. */
@Timeout(120)
class SparseTarTest {
  private static final Ext4.Options OPTIONS = new Ext4.Options(0, 1 << 20, "");
  private static final int MIB = 1 << 20;

  @TempDir private Path folder;

  private Ext4Disk disk(Path tar, Limits limits) throws Exception {
    Path disk = folder.resolve("disk");
    new DiskMaker(ImageSource.ofTar(tar), limits, Progress.NONE).writeExt4(disk, OPTIONS);
    return new Ext4Disk(disk).check();
  }

  /** What GNU tar makes of a file. */
  private Path tar(Path file, String... options) throws Exception {
    Path archive = folder.resolve("sparse.tar");
    List<String> words = new ArrayList<>(List.of("tar", "--sparse"));
    words.addAll(List.of(options));
    words.addAll(List.of("-cf", archive.toString(), file.getFileName().toString(), "after"));
    Files.writeString(folder.resolve("after"), "the next member");
    Process process =
        new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), output);
    return archive;
  }

  private Path holey(long size, long... places) throws IOException {
    byte[] noise = new byte[5000];
    Path file = folder.resolve("holey");
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(size);
      for (long place : places) {
        new Random(place).nextBytes(noise);
        out.seek(place);
        out.write(noise);
      }
    }
    return file;
  }

  private static long[] every(long distance, int count) {
    long[] places = new long[count];
    for (int i = 0; i < count; i++) {
      places[i] = i * distance;
    }
    return places;
  }

  private static long blocks(Ext4Disk disk, String path) throws Exception {
    String stat = disk.ask("stat " + path);
    return Long.parseLong(stat.replaceFirst("(?s).*Blockcount: (\\d+).*", "$1")) / 8;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--format=gnu",
        "--format=posix --sparse-version=0.0",
        "--format=posix --sparse-version=0.1",
        "--format=posix --sparse-version=1.0"
      })
  void shouldKeepHoles(String options) throws Exception {
    Path file = holey(9 * MIB + 1234, every(MIB, 8));
    byte[] expected = Files.readAllBytes(file);

    Ext4Disk disk = disk(tar(file, options.split(" ")), Limits.STANDARD);

    assertArrayEquals(expected, disk.read("/holey"));
    assertEquals("the next member", disk.text("/after"));
    long blocks = blocks(disk, "/holey");
    assertTrue(blocks <= 8 * 3 + 1, blocks + " blocks");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--format=gnu", "--format=posix"})
  void shouldKeepThousandsOfHoles(String options) throws Exception {
    Path file = holey(100 * MIB, every(65_536, 1500));
    byte[] expected = Files.readAllBytes(file);

    Ext4Disk disk = disk(tar(file, options), Limits.STANDARD);

    assertArrayEquals(expected, disk.read("/holey"));
    assertTrue(blocks(disk, "/holey") < 3500);
  }

  @Test
  void shouldKeepAFileOf100Gigabytes_thatIsHolesNearlyAll() throws Exception {
    Path file = holey(100L << 30, 0, 70L << 30);

    Ext4Disk disk = disk(tar(file, "--format=posix"), Limits.STANDARD);

    assertTrue(disk.facts("/holey").contains(" " + (100L << 30) + " "), disk.facts("/holey"));
    assertTrue(blocks(disk, "/holey") <= 6);
    assertTrue(Files.size(disk.file()) < 16 * MIB, "the disk does not grow by holes");
    Path squashfs = folder.resolve("squashfs");
    new DiskMaker(ImageSource.ofTar(folder.resolve("sparse.tar")), Limits.STANDARD, Progress.NONE)
        .writeSquashfs(squashfs);
    assertTrue(Files.size(squashfs) < MIB, "nor does this");
  }

  @Test
  void shouldWriteHolesAsZeros_intoAnInitramfs() throws Exception {
    Path archive = tar(holey(2 * MIB, MIB + 100), "--format=posix");
    Path cpio = folder.resolve("cpio");

    new DiskMaker(ImageSource.ofTar(archive), Limits.STANDARD, Progress.NONE).writeInitramfs(cpio);

    Process process =
        new ProcessBuilder("cpio", "-i", "--quiet", "--to-stdout", "holey")
            .redirectInput(cpio.toFile())
            .start();
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("holey")), process.getInputStream().readAllBytes());
  }

  private void assertRefused(Reason reason, String words, Path tar, Limits limits) {
    ImageException e = assertThrows(ImageException.class, () -> disk(tar, limits));

    assertEquals(reason, e.reason(), e::getMessage);
    assertTrue(e.getMessage().contains(words), e::getMessage);
    for (String name : folder.toFile().list()) {
      assertTrue(List.of("holey", "after", "sparse.tar").contains(name), name);
    }
  }

  @Test
  void shouldRefuseWhatIsTooLarge() throws Exception {
    Limits small = new Limits(MIB, 100);

    assertRefused(Reason.TOO_LARGE, "with holes", tar(holey(17L * MIB, 0), "--format=gnu"), small);
    Files.delete(folder.resolve("holey"));
    assertRefused(
        Reason.TOO_LARGE,
        "more than 1048576",
        tar(holey(4L * MIB, every(8192, 300)), "--format=posix"),
        small);
    ImageException e =
        assertThrows(
            ImageException.class,
            () ->
                new DiskMaker(
                        ImageSource.ofTar(tar(holey(5L << 30, 0), "--format=posix")),
                        Limits.STANDARD,
                        Progress.NONE)
                    .writeInitramfs(folder.resolve("cpio")));
    assertEquals(Reason.TOO_LARGE, e.reason());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Of 0.1: a piece beyond the end, pieces that overlap, more than is stored, no numbers.
        "size=4096 map=4096,1",
        "size=4096 map=0,512,100,1",
        "size=4096 map=0,1024",
        "size=4096 map=0",
        "size=4096 map=0,x",
        "size=4096 map=-1,512",
        "size=9223372036854775807 map=9223372036854775807,512",
        "size=-1 map=0,512",
        "size=99999999999999999999 map=0,512",
        // Of 1.0, whose map is in the content, which is zeros here: no lines.
        "major=1 minor=0 realsize=4096"
      })
  void shouldRefuseDamagedMaps(String records) throws Exception {
    byte[] tar = withRecords(records);

    assertRefused(
        Reason.DAMAGED, "sparse", Files.write(folder.resolve("sparse.tar"), tar), Limits.STANDARD);
  }

  @Test
  void shouldRefuseAFormatThatIsNotKnown() throws Exception {
    Path tar = Files.write(folder.resolve("sparse.tar"), withRecords("major=2 minor=0 map=0,512"));

    assertRefused(Reason.UNSUPPORTED, "format", tar, Limits.STANDARD);
  }

  /** A member of 512 zeros behind an extended header. */
  private static byte[] withRecords(String records) {
    StringBuilder text = new StringBuilder();
    for (String record : records.split(" ")) {
      String line = " GNU.sparse." + record + "\n";
      int length = line.length() + 2;
      text.append(length).append(line);
    }
    byte[] header = new TarFixture().file("x", text.toString()).toBytes();
    header[156] = 'x';
    HostileArchiveTest.fixSum(header);
    byte[] member = new TarFixture().file("holey", new byte[512], 0644, 0, 0).toBytes();
    byte[] both = new byte[1024 + member.length];
    System.arraycopy(header, 0, both, 0, 1024);
    System.arraycopy(member, 0, both, 1024, member.length);
    assertTrue(new String(both, ISO_8859_1).contains("GNU.sparse"));
    return both;
  }
}
