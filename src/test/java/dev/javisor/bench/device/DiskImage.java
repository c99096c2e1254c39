package dev.javisor.bench.device;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/** A disk's file of noise, without holes; removed when it is closed. */
final class DiskImage implements AutoCloseable {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final int CHUNK = 1 << 20;

  private final Path file;

  private DiskImage(Path file) {
    this.file = file;
  }

  /** One that is in memory. */
  static DiskImage inMemory() throws IOException {
    return in(MEMORY);
  }

  /** One in a folder. */
  static DiskImage in(Path folder) throws IOException {
    Path file = Files.createTempFile(folder, "javisor-bench-", ".raw");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      Random random = new Random(0);
      byte[] chunk = new byte[CHUNK];
      for (int at = 0; at < Workload.DISK; at += CHUNK) {
        random.nextBytes(chunk);
        ByteBuffer bytes = ByteBuffer.wrap(chunk);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
      channel.force(true);
      return new DiskImage(file);
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** Whether its file system lets the page cache be bypassed. */
  boolean takesDirect() {
    try (FileChannel channel = FileChannel.open(file, ExtendedOpenOption.DIRECT)) {
      return channel.isOpen();
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  Path file() {
    return file;
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
