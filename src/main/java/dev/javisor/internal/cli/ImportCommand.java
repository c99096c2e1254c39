package dev.javisor.internal.cli;

import dev.javisor.error.ImageException;
import dev.javisor.image.Image;
import dev.javisor.image.RootFs;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Makes a disk of a folder, an archive or an image. */
@Command(
    name = "javisor import",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description =
        "Makes an ext4 disk of a folder, a tar archive or a container image, without root.",
    footer = {"", "Exit status: 0 made, 1 error, 64 wrong command line."})
final class ImportCommand implements Callable<Integer> {
  private static final long MIB = 1 << 20;

  /** What a source is. */
  enum Kind {
    DIRECTORY,
    TAR,
    OCI,
    DOCKER
  }

  @Option(
      names = "--from",
      paramLabel = "KIND",
      required = true,
      description =
          "what SOURCE is: directory, tar, oci (a layout) or docker (what docker save wrote)")
  private Kind kind = Kind.TAR;

  @Option(names = "--tag", paramLabel = "TAG", description = "which image, where there are several")
  private String tag = "";

  @Option(
      names = "--size",
      paramLabel = "MIB",
      description = "the disk's size in MiB; default: the content, and 1 GiB that is free")
  private long size;

  @Option(names = "--label", paramLabel = "LABEL", description = "the file system's label")
  private String label = "";

  @ArgGroup(exclusive = true)
  private @Nullable Format format;

  /** What to make in an ext4 disk's place. */
  private static final class Format {
    @Option(names = "--initramfs", description = "make an initramfs, not a disk")
    private boolean initramfs;

    @Option(
        names = "--squashfs",
        description = "make a squashfs disk: compressed, and only to be read")
    private boolean squashfs;
  }

  @Parameters(index = "0", paramLabel = "SOURCE", description = "a folder or file")
  private Path source = Path.of("");

  @Parameters(index = "1", paramLabel = "TARGET", description = "the file to make")
  private Path target = Path.of("");

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  private final ProgressBar progress;

  ImportCommand(ProgressBar progress) {
    this.progress = progress;
  }

  static int execute(PrintStream out, PrintStream err, String... args) {
    ProgressBar progress = ProgressBar.onStandardError(err);
    CommandLine line = new CommandLine(new ImportCommand(progress));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setExecutionExceptionHandler(
        (e, command, result) -> {
          progress.end();
          if (!(e instanceof ImageException)) {
            throw e;
          }
          command.getErr().println("javisor: " + e.getMessage());
          return ExitStatus.ERROR;
        });
    line.setParameterExceptionHandler(
        (e, words) -> {
          e.getCommandLine().getErr().println("javisor: " + e.getMessage());
          e.getCommandLine().getErr().println("javisor import --help tells all options.");
          return ExitStatus.USAGE;
        });
    line.getCommandSpec().exitCodeOnInvalidInput(ExitStatus.USAGE);
    return line.execute(args);
  }

  @Override
  public Integer call() throws Exception {
    RootFs rootFs;
    try {
      rootFs = rootFs().label(label).listener(progress);
      rootFs = size == 0 ? rootFs : rootFs.size(Math.multiplyExact(size, MIB));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    Path made = make(rootFs);
    progress.end();
    spec.commandLine()
        .getOut()
        .println(String.format(Locale.ROOT, "%s: %d MiB", made, Files.size(made) / MIB));
    return ExitStatus.OK;
  }

  private Path make(RootFs rootFs) {
    if (format == null) {
      return rootFs.toDisk(target);
    }
    return format.squashfs ? rootFs.toSquashfs(target) : rootFs.toInitramfs(target);
  }

  private RootFs rootFs() {
    return switch (kind) {
      case DIRECTORY -> RootFs.fromDirectory(source);
      case TAR -> RootFs.fromTar(source);
      case OCI -> Image.fromOciLayout(source, tag).rootFs();
      case DOCKER -> Image.fromDockerArchive(source, tag).rootFs();
    };
  }
}
