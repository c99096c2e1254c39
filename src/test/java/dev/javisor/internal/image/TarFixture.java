package dev.javisor.internal.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** An archive, member by member; names may be hostile. */
public final class TarFixture {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, "UTF-8");

  public TarFixture() {
    out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    out.setAddPaxHeadersForNonAsciiNames(true);
  }

  public TarFixture file(String name, String content) {
    return file(name, content.getBytes(StandardCharsets.UTF_8), 0644, 0, 0);
  }

  public TarFixture file(String name, byte[] content, int mode, int uid, int gid) {
    TarArchiveEntry entry = entry(name, TarConstants.LF_NORMAL, mode, uid, gid);
    entry.setSize(content.length);
    return put(entry, content);
  }

  public TarFixture folder(String name, int mode, int uid, int gid) {
    return put(entry(name + "/", TarConstants.LF_DIR, mode, uid, gid), new byte[0]);
  }

  public TarFixture link(String name, String target) {
    return linked(name, target, TarConstants.LF_SYMLINK);
  }

  public TarFixture hardLink(String name, String target) {
    return linked(name, target, TarConstants.LF_LINK);
  }

  public TarFixture device(String name, boolean block, int major, int minor) {
    byte type = block ? TarConstants.LF_BLK : TarConstants.LF_CHR;
    TarArchiveEntry entry = entry(name, type, 0660, 0, 6);
    entry.setDevMajor(major);
    entry.setDevMinor(minor);
    return put(entry, new byte[0]);
  }

  public TarFixture attributes(String name, Map<String, String> attributes) {
    TarArchiveEntry entry = entry(name, TarConstants.LF_NORMAL, 0755, 0, 0);
    attributes.forEach((key, value) -> entry.addPaxHeader("SCHILY.xattr." + key, value));
    return put(entry, new byte[0]);
  }

  private TarFixture linked(String name, String target, byte type) {
    TarArchiveEntry entry = entry(name, type, 0777, 0, 0);
    entry.setLinkName(target);
    return put(entry, new byte[0]);
  }

  private static TarArchiveEntry entry(String name, byte type, int mode, int uid, int gid) {
    TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
    entry.setMode(mode);
    entry.setIds(uid, gid);
    entry.setModTime(1_700_000_000_000L);
    return entry;
  }

  private TarFixture put(TarArchiveEntry entry, byte[] content) {
    try {
      out.putArchiveEntry(entry);
      out.write(content);
      out.closeArchiveEntry();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public byte[] toBytes() {
    try {
      out.close();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public byte[] toGzip() {
    return gzip(toBytes());
  }

  public static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  public Path writeTo(Path file) {
    try {
      return Files.write(file, toBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
