package dev.javisor.junit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.javisor.VirtualMachine;
import dev.javisor.agent.Command;
import dev.javisor.agent.GuestProcess;
import dev.javisor.backend.BlockBackend;
import dev.javisor.error.ImageException;
import dev.javisor.image.Image;
import dev.javisor.image.ImageConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A container image that a machine boots from: its disk, which is thrown away in the end, and its
 * program, whose output goes to a file.
 *
 * <p>Threading: one thread at a time, but {@link #log}, which is for any.
 */
final class ImageRoot implements AutoCloseable {
  /** The words by which Linux finds the disk, and by which the agent stays process 1. */
  static final String CMDLINE = "root=/dev/vda rw init=/javisor/agent";

  private static final Logger LOG = LoggerFactory.getLogger(ImageRoot.class);
  private static final int TAIL_BYTES = 4096;
  private static final long PATIENCE_MILLIS = 2000;

  private final Image image;
  private final BlockBackend disk;
  private final Path output;
  private volatile @Nullable GuestProcess program;
  private @Nullable Thread reader;

  private ImageRoot(Image image, BlockBackend disk, Path output) {
    this.image = image;
    this.disk = disk;
    this.output = output;
  }

  /**
   * Opens an image, and makes its disk if that is not in the cache.
   *
   * @param path an OCI layout, or what docker save wrote
   * @param output the file for what its program prints
   * @throws ImageException if it cannot
   */
  static ImageRoot open(Path path, Path output) {
    Image image = find(path);
    return new ImageRoot(image, image.overlay(), output);
  }

  private static Image find(Path path) {
    try {
      return Image.fromOciLayout(path);
    } catch (ImageException e) {
      if (e.reason() != ImageException.Reason.MISSING || !Files.isRegularFile(path)) {
        throw e;
      }
      return Image.fromDockerArchive(path);
    }
  }

  /** The machine's first disk. */
  BlockBackend disk() {
    return disk;
  }

  /** Starts its program, if it names one, once the agent is there. */
  void start(VirtualMachine vm) throws InterruptedException {
    ImageConfig config = image.config();
    List<String> argv = new ArrayList<>(config.entrypoint());
    argv.addAll(config.command());
    if (argv.isEmpty()) {
      return;
    }
    Command command = vm.agent().command(argv.toArray(new String[0])).mergeErrors();
    config.environment().forEach(command::env);
    command.directory(config.workingFolder().isEmpty() ? "/" : config.workingFolder());
    if (!config.user().isEmpty()) {
      command.user(config.user());
    }
    GuestProcess started = command.start();
    program = started;
    // It stops when nobody reads.
    Thread made = new Thread(() -> write(started.stdout()), vm.name() + "-program");
    made.setDaemon(true);
    made.start();
    reader = made;
  }

  private void write(InputStream printed) {
    try (OutputStream file = Files.newOutputStream(output)) {
      printed.transferTo(file);
    } catch (IOException e) {
      // So it ends when the machine does.
      LOG.debug("{}: {}", output, e.toString());
    }
  }

  /** What became of its program, and the last that it printed; empty if there is none. */
  String log() {
    GuestProcess started = program;
    if (started == null) {
      return "";
    }
    String state = started.exit().isDone() ? "ended" : "running";
    return "its program (%s), output in %s, its end:\n%s".formatted(state, output, tail());
  }

  private String tail() {
    try (SeekableByteChannel file = Files.newByteChannel(output)) {
      file.position(Math.max(0, file.size() - TAIL_BYTES));
      return new String(Channels.newInputStream(file).readNBytes(TAIL_BYTES), UTF_8);
    } catch (IOException e) {
      return "(" + e + ")";
    }
  }

  /** Is called when the machine is closed, and its program's output has ended by that. */
  @Override
  public void close() {
    Thread made = reader;
    if (made != null) {
      try {
        made.join(PATIENCE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    disk.close();
  }
}
