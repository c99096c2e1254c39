package dev.javisor.internal.image.oci;

import dev.javisor.internal.compress.Decompressors;
import dev.javisor.internal.image.tar.TarMember;
import dev.javisor.internal.image.tar.TarReader;
import dev.javisor.internal.image.tree.Failures;
import dev.javisor.internal.image.tree.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Files in an archive. A compressed one is unpacked into a nameless file first. */
final class TarBlobs implements Blobs {
  private static final long TAIL = 1L << 30;
  private static final int MAX_MEMBERS = 100_000;

  private final FileChannel channel;
  private final Map<String, Place> places = new HashMap<>();

  private record Place(long offset, long size, String linkedTo) {}

  private TarBlobs(FileChannel channel) {
    this.channel = channel;
  }

  static TarBlobs open(Path path) throws IOException {
    TarBlobs blobs = new TarBlobs(isTar(path) ? read(path) : unpacked(path));
    try {
      blobs.index();
      return blobs;
    } catch (IOException | RuntimeException e) {
      blobs.close();
      throw e;
    }
  }

  private static boolean isTar(Path path) throws IOException {
    try (FileChannel file = read(path)) {
      ByteBuffer magic = ByteBuffer.allocate(5);
      file.read(magic, 257);
      return new String(magic.array(), StandardCharsets.US_ASCII).equals("ustar");
    }
  }

  private static FileChannel read(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.READ);
  }

  private static FileChannel unpacked(Path path) throws IOException {
    Path file = Files.createTempFile("javisor-image-", ".tar");
    // Has no name from here on, so that nothing is left of it however this process ends.
    FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    try (InputStream in = Decompressors.open(Files.newInputStream(path))) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        write(channel, ByteBuffer.wrap(buffer, 0, n));
      }
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    if (channel.size() > Limits.STANDARD.bytes() + TAIL) {
      throw new IOException("it has more than %d bytes".formatted(Limits.STANDARD.bytes()));
    }
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw Failures.host(System.getProperty("java.io.tmpdir", "/tmp"), e);
    }
  }

  private void index() throws IOException {
    try (FileStream in = new FileStream(channel)) {
      TarReader reader = new TarReader(in);
      int count = 0;
      for (TarMember member = reader.next(); member != null; member = reader.next()) {
        if (++count > MAX_MEMBERS) {
          throw new IOException("it has more than %d members".formatted(MAX_MEMBERS));
        }
        String name = plain(member.name());
        switch (member.kind()) {
          case FILE -> {
            if (member.pieces().size() != (member.size() == 0 ? 0 : 1)) {
              throw new IOException("%s is stored as a sparse file".formatted(name));
            }
            places.put(name, new Place(reader.position(), member.size(), ""));
          }
          case HARD_LINK -> places.put(name, new Place(0, 0, plain(member.target())));
          case SYMBOLIC_LINK -> places.put(name, new Place(0, 0, beside(name, member.target())));
          default -> {}
        }
      }
    }
  }

  @Override
  public InputStream open(String name) throws IOException {
    Place place = find(name);
    if (place == null) {
      throw new NoSuchFileException(name);
    }
    return new FileStream(channel, place.offset(), place.offset() + place.size());
  }

  @Override
  public boolean has(String name) {
    return find(name) != null;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Older versions of docker save have links from layer to layer. */
  private @Nullable Place find(String name) {
    Place place = places.get(plain(name));
    return place == null || place.linkedTo().isEmpty() ? place : places.get(place.linkedTo());
  }

  private static String beside(String name, String target) {
    // By hand, since these are bytes that need not be a path of this host.
    Deque<String> parts = new ArrayDeque<>();
    String folder = target.startsWith("/") ? "" : name.substring(0, name.lastIndexOf('/') + 1);
    for (String part : (folder + target).split("/")) {
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return String.join("/", parts);
  }

  private static String plain(String name) {
    String path = name;
    while (path.startsWith("./") || path.startsWith("/")) {
      path = path.substring(path.indexOf('/') + 1);
    }
    return path;
  }

  /** A part of the file, read with a position of its own; skips without reading. */
  private static final class FileStream extends InputStream {
    private final FileChannel channel;
    private final long end;
    private long at;

    FileStream(FileChannel channel) throws IOException {
      this(channel, 0, channel.size());
    }

    FileStream(FileChannel channel, long start, long end) {
      this.channel = channel;
      this.at = start;
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (at >= end) {
        return -1;
      }
      int most = (int) Math.min(length, end - at);
      int n = channel.read(ByteBuffer.wrap(target, offset, most), at);
      at += Math.max(n, 0);
      return n;
    }

    @Override
    public long skip(long bytes) {
      long skipped = Math.max(0, Math.min(bytes, end - at));
      at += skipped;
      return skipped;
    }
  }
}
