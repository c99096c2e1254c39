package dev.javisor.internal.packages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Packages by way of apt, which verifies them: with the machine's own lists, or with lists in a
 * folder of ours. Neither needs root, and nothing gets installed.
 */
final class AptPackages implements PackageSource {
  private static final Duration LIMIT = Duration.ofMinutes(20);
  private static final Duration LOOKUP_LIMIT = Duration.ofMinutes(2);

  private final Programs programs;
  private final Path state;
  private final boolean ownLists;
  private final Optional<Path> sources;
  private final String architecture;
  private String trouble = "";

  /**
   * apt's programs.
   *
   * @param get apt-get(8)
   * @param cache apt-cache(8)
   */
  record Programs(Path get, Path cache) {
    /** Those of a machine, if it has them. */
    static Optional<Programs> of(HostSystem host) {
      return host.program("apt-get")
          .flatMap(get -> host.program("apt-cache").map(cache -> new Programs(get, cache)));
    }
  }

  private AptPackages(
      Programs programs,
      Path state,
      boolean ownLists,
      Optional<Path> sources,
      String architecture) {
    this.programs = programs;
    this.state = state;
    this.ownLists = ownLists;
    this.sources = sources;
    this.architecture = architecture;
  }

  /** The machine's package lists, as they are. */
  static AptPackages machine(Programs programs, Path state, String architecture) {
    return new AptPackages(programs, state, false, Optional.empty(), architecture);
  }

  /**
   * Lists of our own, from the machine's configured mirrors or from those in a file.
   *
   * @param state a folder for the lists
   * @param sources a file in the format of sources.list(5) instead of the machine's
   */
  static AptPackages own(
      Programs programs, Path state, Optional<Path> sources, String architecture) {
    return new AptPackages(programs, state, true, sources, architecture);
  }

  @Override
  public String description() {
    if (!ownLists) {
      return "the machine's package lists";
    }
    return sources.isPresent() ? "the mirror that was asked for" : "the machine's mirrors";
  }

  @Override
  public void prepare(Progress progress) throws IOException {
    for (String folder : List.of("lists/partial", "cache/archives/partial", "etc")) {
      Files.createDirectories(state.resolve(folder));
    }
    // An update of ours must not set off what the machine does after an update of its own, and
    // takes nothing unverified even where the machine does.
    Files.writeString(
        state.resolve("apt.conf"),
        """
        #clear APT::Update::Pre-Invoke;
        #clear APT::Update::Post-Invoke;
        #clear APT::Update::Post-Invoke-Success;
        Acquire::Languages "none";
        Acquire::Retries "2";
        Acquire::http::Timeout "30";
        Acquire::https::Timeout "30";
        Acquire::AllowInsecureRepositories "false";
        Acquire::AllowDowngradeToInsecureRepositories "false";
        APT::Get::AllowUnauthenticated "false";
        APT::Sandbox::User "root";
        """);
    if (!ownLists) {
      return;
    }
    Files.writeString(state.resolve("status"), "");
    progress.step("fetching package lists");
    ExternalCommand.Result result = run(programs.get(), LIMIT, () -> {}, state, List.of("update"));
    // One mirror of several may fail. What the others gave is verified all the same.
    trouble =
        result.status() == 0 && result.err().isBlank()
            ? ""
            : "apt-get update said: " + result.words();
  }

  @Override
  public String trouble() {
    return trouble;
  }

  @Override
  public Optional<PackageRecord> find(String name, Optional<String> version) throws IOException {
    String wanted = name + version.map(v -> "=" + v).orElse("");
    ExternalCommand.Result result =
        run(
            programs.cache(),
            LOOKUP_LIMIT,
            () -> {},
            state,
            List.of("show", "--no-all-versions", "--", wanted));
    if (result.status() != 0) {
      return Optional.empty();
    }
    return Stanza.parse(result.out()).stream()
        .flatMap(s -> PackageRecord.of(s).stream())
        .filter(p -> p.name().equals(name) && version.map(p.version()::equals).orElse(true))
        // What is only installed, with no mirror that has it, cannot be downloaded.
        .filter(p -> p.filename().isPresent())
        .findFirst();
  }

  @Override
  public Path download(PackageRecord wanted, Path folder, Progress progress) throws IOException {
    progress.step("downloading " + wanted);
    ExternalCommand.Result result =
        run(
            programs.get(),
            LIMIT,
            () -> progress.bytes(sizeOfFilesIn(folder), wanted.size()),
            folder,
            List.of("download", "--", wanted.name() + "=" + wanted.version()));
    List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.filter(f -> f.toString().endsWith(".deb")).toList();
    }
    if (result.status() != 0 || files.size() != 1) {
      throw new IOException("apt-get download %s failed: %s".formatted(wanted, result.words()));
    }
    progress.bytes(Files.size(files.get(0)), wanted.size());
    return files.get(0);
  }

  private ExternalCommand.Result run(
      Path program, Duration limit, Runnable tick, Path folder, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString(), "-q"));
    command.addAll(List.of("-c", state.resolve("apt.conf").toString()));
    command.addAll(List.of("-o", "Dir::Cache=" + state.resolve("cache")));
    command.addAll(List.of("-o", "APT::Architecture=" + architecture));
    command.addAll(List.of("-o", "APT::Architectures=" + architecture));
    if (ownLists) {
      command.addAll(List.of("-o", "Dir::State::lists=" + state.resolve("lists")));
      // What is installed here must not hide what the mirrors have.
      command.addAll(List.of("-o", "Dir::State::status=" + state.resolve("status")));
    }
    if (sources.isPresent()) {
      command.addAll(List.of("-o", "Dir::Etc::sourcelist=" + sources.get()));
      command.addAll(List.of("-o", "Dir::Etc::sourceparts=" + state.resolve("etc")));
    }
    command.addAll(arguments);
    return new ExternalCommand(limit, tick).run(folder, command);
  }

  private static long sizeOfFilesIn(Path folder) {
    try (Stream<Path> list = Files.list(folder)) {
      return list.mapToLong(f -> f.toFile().length()).sum();
    } catch (IOException e) {
      return 0;
    }
  }
}
