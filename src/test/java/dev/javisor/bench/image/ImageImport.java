package dev.javisor.bench.image;

import dev.javisor.bench.Figure;
import dev.javisor.bench.Measurement;
import dev.javisor.bench.Result;
import dev.javisor.bench.Workbench;
import dev.javisor.image.RootFs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Makes a disk of a compressed archive, beside tar and mke2fs, which need root for the same. */
public final class ImageImport implements Measurement {
  private static final int SMALL_FILES = 4000;
  private static final int LARGE_FILES = 24;
  private static final int LARGE = 4 << 20;
  private static final double MIB = 1 << 20;

  private long bytes;

  @Override
  public String name() {
    return "image-import";
  }

  @Override
  public String description() {
    return "an ext4 disk of a tar.gz with 4000 small files and 24 of 4 MiB";
  }

  @Override
  public Result run(Workbench bench) throws IOException, InterruptedException {
    Path archive = bench.folder().resolve("image.tar.gz");
    write(archive);
    Path disk = bench.folder().resolve("disk.ext4");
    Figure tools = Figure.of("tar x and mke2fs -d");
    Figure ours = Figure.of("Javisor");
    for (int round = 0; round < bench.rounds(); round++) {
      Files.deleteIfExists(disk);
      tools.samples().add(rate(() -> unpackAndMake(bench.folder(), archive, disk)));
      Files.deleteIfExists(disk);
      ours.samples().add(rate(() -> RootFs.fromTar(archive).toDisk(disk)));
    }
    Files.deleteIfExists(disk);
    return new Result(description(), "MiB/s", List.of(tools, ours), List.of());
  }

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private double rate(Work work) throws IOException, InterruptedException {
    long start = System.nanoTime();
    work.run();
    return bytes / MIB / ((System.nanoTime() - start) / 1e9);
  }

  /** Synced, as Javisor's disk is. */
  private static void unpackAndMake(Path folder, Path archive, Path disk)
      throws IOException, InterruptedException {
    String script =
        """
        set -e
        PATH=$PATH:/usr/sbin:/sbin
        rm -rf tree && mkdir tree && tar xzf "$1" -C tree
        truncate -s 1200M "$2"
        mke2fs -q -F -t ext4 -O ^has_journal -d tree "$2"
        sync "$2"
        rm -rf tree
        """;
    Process process =
        new ProcessBuilder("sh", "-c", script, "sh", archive.toString(), disk.toString())
            .directory(folder.toFile())
            .inheritIO()
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("tar or mke2fs has failed");
    }
  }

  /** Half of each file can be compressed. */
  private void write(Path archive) throws IOException {
    Random random = new Random(7);
    try (OutputStream file = Files.newOutputStream(archive);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(file))) {
      for (int i = 0; i < SMALL_FILES + LARGE_FILES; i++) {
        byte[] content = new byte[i < SMALL_FILES ? random.nextInt(16 << 10) : LARGE];
        byte[] noise = new byte[content.length / 2];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, content, 0, noise.length);
        Arrays.fill(content, noise.length, content.length, (byte) 'x');
        TarArchiveEntry entry = new TarArchiveEntry("usr/folder%d/file%d".formatted(i % 50, i));
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
        bytes += content.length;
      }
    }
  }
}
