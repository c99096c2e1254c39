package dev.javisor.internal.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.guest.CpioReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpioArchiveTest {
  private final CpioArchive archive = new CpioArchive();

  @TempDir Path folder;

  private byte[] bytes() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    archive.writeTo(out);
    return out.toByteArray();
  }

  private CpioReader.Item only(String name) throws IOException {
    return CpioReader.read(bytes()).stream().filter(i -> i.name().equals(name)).findFirst().get();
  }

  @Test
  void shouldWriteTheBytesOfTheFormat() throws IOException {
    archive.file("/hi", "abc".getBytes(StandardCharsets.UTF_8), 0644);

    String expected =
        "070701"
            + "00000001"
            + "000081a4"
            + "00000000"
            + "00000000"
            + "00000001"
            + "00000000"
            + "00000003"
            + "00000000"
            + "00000000"
            + "00000000"
            + "00000000"
            + "00000003"
            + "00000000"
            + "hi\0"
            + "\0\0\0"
            + "abc"
            + "\0"
            + "070701"
            + "00000000"
            + "00000000"
            + "00000000"
            + "00000000"
            + "00000001"
            + "00000000"
            + "00000000"
            + "00000000"
            + "00000000"
            + "00000000"
            + "00000000"
            + "0000000b"
            + "00000000"
            + "TRAILER!!!\0"
            + "\0\0\0";
    assertEquals(expected, new String(bytes(), StandardCharsets.ISO_8859_1));
  }

  @Test
  void shouldKeepTypesModesNumbersAndContents() throws IOException {
    archive.directory("/d", 01777);
    archive.device("/dev/console", false, 5, 1, 0600);
    archive.device("/dev/vda1", true, 254, 1, 0660);
    archive.symbolicLink("/sbin/init", "../bin/busybox");
    archive.file("/bin/su", new byte[] {1, 2, 3, 4, 5}, 04755);

    assertEquals(0x4000 | 01777, only("d").mode());
    assertEquals(2, only("d").links());
    assertEquals(0x2000 | 0600, only("dev/console").mode());
    assertEquals(5, only("dev/console").major());
    assertEquals(1, only("dev/console").minor());
    assertEquals(0x6000 | 0660, only("dev/vda1").mode());
    assertEquals(254, only("dev/vda1").major());
    assertEquals("../bin/busybox", only("sbin/init").text());
    assertEquals(0xa000, only("sbin/init").mode() & 0xf000);
    assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, only("bin/su").content());
    assertEquals(0x8000 | 04755, only("bin/su").mode());
  }

  @Test
  void shouldPutFoldersBeforeWhatIsInThem_whenNobodyAddedThem() throws IOException {
    archive.file("/a/b/c", new byte[0], 0644);
    archive.file("/a-b", new byte[0], 0644);
    archive.directory("/a", 0700);

    List<String> names = CpioReader.read(bytes()).stream().map(CpioReader.Item::name).toList();

    assertEquals(List.of("a", "a-b", "a/b", "a/b/c"), names);
    assertEquals(0x4000 | 0700, only("a").mode());
    assertEquals(0x4000 | 0755, only("a/b").mode());
  }

  @Test
  void shouldWriteTheSameBytes_whenTheOrderOfAddingDiffers() throws IOException {
    archive.file("/x", new byte[] {1}, 0644);
    archive.symbolicLink("/b", "x");
    archive.directory("/q/r", 0755);
    byte[] first = bytes();
    CpioArchive other = new CpioArchive();
    other.directory("/q/r", 0755);
    other.symbolicLink("/b", "x");
    other.file("/x", new byte[] {1}, 0644);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    other.writeTo(out);

    assertArrayEquals(first, out.toByteArray());
  }

  @Test
  void shouldCopyAFileOfTheHost() throws IOException {
    Path source = Files.write(folder.resolve("source"), new byte[100_001]);
    archive.file("/copy", source, 0600);

    assertEquals(100_001, only("copy").content().length);
  }

  @Test
  void shouldFail_whenAFileOfTheHostIsGone() {
    archive.file("/copy", folder.resolve("gone"), 0600);

    assertThrows(IOException.class, this::bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "..", "/a/../b", "/a//b", "a/.", "/TRAILER!!!", "/nul\0", "/a/", "//a"})
  void shouldRefuseWhatIsNoPath(String path) {
    assertThrows(IllegalArgumentException.class, () -> archive.file(path, new byte[0], 0644));
  }

  @Test
  void shouldRefuseWhatDoesNotFitTheRest() {
    archive.file("/f", new byte[0], 0644);
    archive.directory("/d", 0755);

    assertThrows(IllegalArgumentException.class, () -> archive.file("/f", new byte[0], 0644));
    assertThrows(IllegalArgumentException.class, () -> archive.directory("/f", 0755));
    assertThrows(IllegalArgumentException.class, () -> archive.symbolicLink("/d", "f"));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> archive.file("/f/x", new byte[0], 0644));
    assertTrue(e.getMessage().contains("f is no folder"), e.getMessage());
  }

  @Test
  void shouldRefuseNumbersOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> archive.directory("/d", 010000));
    assertThrows(IllegalArgumentException.class, () -> archive.directory("/d", -1));
    assertThrows(IllegalArgumentException.class, () -> archive.device("/n", true, 4096, 0, 0600));
    assertThrows(
        IllegalArgumentException.class, () -> archive.device("/n", true, 0, 1 << 20, 0600));
    assertThrows(IllegalArgumentException.class, () -> archive.symbolicLink("/l", ""));
    assertThrows(IllegalArgumentException.class, () -> archive.symbolicLink("/l", "a\0b"));
  }
}
