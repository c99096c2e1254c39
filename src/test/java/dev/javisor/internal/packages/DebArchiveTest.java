package dev.javisor.internal.packages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.guest.Compress;
import dev.javisor.testing.guest.FakeDeb;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DebArchiveTest {
  private static final Function<String, Optional<String>> ALL = Optional::of;

  @TempDir Path folder;

  private Path target;

  @BeforeEach
  void makeTarget() throws IOException {
    target = Files.createDirectory(folder.resolve("target"));
  }

  private int unpack(byte[] deb, Function<String, Optional<String>> wanted) throws IOException {
    return DebArchive.unpack(Files.write(folder.resolve("x.deb"), deb), target, wanted);
  }

  private static byte[] tar(TarArchiveEntry entry, byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      entry.setSize(content.length);
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  @Test
  void shouldUnpackWhatIsWanted() throws IOException {
    byte[] content = new byte[100_000];
    Arrays.fill(content, (byte) 7);

    int files =
        unpack(
            FakeDeb.of(Map.of("./usr/bin/tool", content, "./etc/other", new byte[1])),
            path -> path.equals("usr/bin/tool") ? Optional.of("bin/tool") : Optional.empty());

    assertEquals(1, files);
    assertArrayEquals(content, Files.readAllBytes(target.resolve("bin/tool")));
    assertTrue(Files.isExecutable(target.resolve("bin/tool")));
    assertFalse(Files.exists(target.resolve("etc")));
  }

  @Test
  void shouldUnpackEachUsualCompression() throws IOException {
    byte[] tar = tar(new TarArchiveEntry("./f"), new byte[] {1, 2, 3});
    Map<String, byte[]> members =
        Map.of(
            "data.tar", tar,
            "data.tar.gz", Compress.gzip(tar),
            "data.tar.bz2", Compress.bzip2(tar),
            "data.tar.lzma", Compress.lzma(tar),
            "data.tar.zst", Compress.zstd(tar));
    for (Map.Entry<String, byte[]> member : members.entrySet()) {
      Files.deleteIfExists(target.resolve("f"));

      assertEquals(1, unpack(FakeDeb.withData(member.getKey(), member.getValue()), ALL));

      assertEquals(3, Files.size(target.resolve("f")), member.getKey());
    }
  }

  @Test
  void shouldRefuseToLeaveItsFolder() throws IOException {
    for (String name : new String[] {"../evil", "./a/../../evil", "a/.."}) {
      byte[] deb = FakeDeb.withData("data.tar", tar(new TarArchiveEntry(name, true), new byte[1]));

      IOException e = assertThrows(IOException.class, () -> unpack(deb, ALL), name);

      assertTrue(e.getMessage().contains("outside"), e.getMessage());
      assertFalse(Files.exists(folder.resolve("evil")));
    }
  }

  @Test
  void shouldTreatAnAbsoluteNameAsOneInItsFolder() throws IOException {
    unpack(
        FakeDeb.withData("data.tar", tar(new TarArchiveEntry("//etc/x", true), new byte[1])), ALL);

    assertTrue(Files.exists(target.resolve("etc/x")));
  }

  @Test
  void shouldMakeNoLinksAndNoDevices() throws IOException {
    for (byte type :
        new byte[] {
          TarConstants.LF_SYMLINK, TarConstants.LF_LINK, TarConstants.LF_CHR, TarConstants.LF_FIFO
        }) {
      TarArchiveEntry entry = new TarArchiveEntry("./link", type);
      entry.setLinkName("/etc/passwd");

      assertEquals(0, unpack(FakeDeb.withData("data.tar", tar(entry, new byte[0])), ALL));

      assertFalse(Files.exists(target.resolve("link"), java.nio.file.LinkOption.NOFOLLOW_LINKS));
    }
  }

  @Test
  void shouldRefuseWhatIsNoPackage() throws IOException {
    byte[] whole = FakeDeb.of(Map.of("./f", new byte[50_000]));

    assertThrows(IOException.class, () -> unpack(new byte[100], ALL));
    assertThrows(IOException.class, () -> unpack(new byte[0], ALL));
    assertThrows(IOException.class, () -> unpack(FakeDeb.withData("other", new byte[9]), ALL));
    assertThrows(IOException.class, () -> unpack(Arrays.copyOf(whole, whole.length - 150), ALL));
  }
}
