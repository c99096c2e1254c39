package dev.javisor.internal.packages;

import dev.javisor.internal.cache.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gets files from a mirror, by http, https or from a file system. */
final class Download {
  private static final int CONNECT_MILLIS = 30_000;
  private static final int READ_MILLIS = 60_000;

  private Download() {}

  /**
   * Gets a file, with no checks but its size.
   *
   * @param max the most bytes it may have
   * @param total how many bytes it should have, for the progress, or 0
   * @throws IOException if it cannot be had or is larger
   */
  static void get(URI address, Path target, long max, long total, Progress progress)
      throws IOException {
    try {
      URLConnection connection = address.toURL().openConnection();
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(READ_MILLIS);
      connection.setUseCaches(false);
      connection.setRequestProperty("User-Agent", "Javisor");
      try (InputStream in = connection.getInputStream();
          OutputStream out = Files.newOutputStream(target)) {
        copy(in, out, max, total, progress);
      }
    } catch (InterruptedIOException e) {
      throw Thread.currentThread().isInterrupted() ? e : failed(address, e);
    } catch (IOException e) {
      throw failed(address, e);
    }
  }

  /**
   * Gets a file that has this sum.
   *
   * @param size in bytes
   * @param sha256 64 lower-case hexadecimal digits
   * @throws IOException if it cannot be had, or is not the file that it should be
   */
  static void getVerified(URI address, Path target, long size, String sha256, Progress progress)
      throws IOException {
    get(address, target, size, size, progress);
    String found = Sha256.of(target);
    if (Files.size(target) != size || !found.equals(sha256)) {
      long got = Files.size(target);
      Files.delete(target);
      throw new IOException(
          "%s is not what the signed index says: %d bytes with SHA-256 %s instead of %d with %s"
              .formatted(address, got, found, size, sha256));
    }
  }

  private static void copy(
      InputStream in, OutputStream out, long max, long total, Progress progress)
      throws IOException {
    byte[] chunk = new byte[1 << 16];
    long done = 0;
    for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
      done += n;
      if (done > max) {
        throw new IOException("it is larger than " + max + " bytes");
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted while downloading");
      }
      out.write(chunk, 0, n);
      progress.bytes(done, total);
    }
  }

  private static IOException failed(URI address, IOException e) {
    return new IOException("cannot get %s: %s".formatted(address, e), e);
  }
}
