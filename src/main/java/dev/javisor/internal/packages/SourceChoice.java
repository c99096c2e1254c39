package dev.javisor.internal.packages;

import dev.javisor.error.GuestKernelUnavailableException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Chooses where packages come from, by what is asked for and what the machine has. */
public final class SourceChoice {
  private final HostSystem host;
  private final FetchSpec spec;
  private final Path state;

  private SourceChoice(HostSystem host, FetchSpec spec, Path state) {
    this.host = host;
    this.spec = spec;
    this.state = state;
  }

  /** Where packages come from, as one line that differs wherever the packages may. */
  public static String origin(HostSystem host, FetchSpec spec) {
    boolean byMachine = spec.mirror().isEmpty() || spec.suite().isEmpty();
    return spec + (byMachine ? " on " + host.name() : "");
  }

  /**
   * A fetcher for what is asked.
   *
   * @param state a folder for package lists, kept between fetches
   * @throws GuestKernelUnavailableException if this machine does not know where to take packages
   *     from, or how to verify them, with what to pass
   * @throws IOException if its configuration cannot be read, or {@code state} cannot be written
   */
  public static PackageFetcher choose(HostSystem host, FetchSpec spec, Path state)
      throws IOException {
    return new PackageFetcher(new SourceChoice(host, spec, state).sources());
  }

  private List<PackageSource> sources() throws IOException {
    Optional<AptPackages.Programs> apt = AptPackages.Programs.of(host);
    if (apt.isPresent()
        && spec.mirror().isEmpty()
        && spec.suite().isEmpty()
        && spec.keyring().isEmpty()
        && host.isLike(spec.distribution())) {
      return List.of(
          AptPackages.machine(apt.get(), state, spec.architecture()),
          AptPackages.own(apt.get(), state, Optional.empty(), spec.architecture()));
    }
    List<Archive> archives = archives();
    if (apt.isPresent()) {
      Files.createDirectories(state);
      Path list = state.resolve("sources.list");
      Files.writeString(
          list,
          archives.stream()
              .map(archive -> archive.toSourceLine(spec.architecture()) + "\n")
              .collect(Collectors.joining()));
      return List.of(AptPackages.own(apt.get(), state, Optional.of(list), spec.architecture()));
    }
    Path gpgv =
        host.program("gpgv")
            .orElseThrow(
                () ->
                    unavailable(
                        "this machine has neither apt nor gpgv to verify packages with",
                        "install gpgv (the package gnupg2 or gnupg has it)"));
    return List.of(
        new MirrorPackages(
            archives, spec.architecture(), state, new Gpgv(gpgv), InstantSource.system()));
  }

  private List<Archive> archives() throws IOException {
    List<Archive> archives = new ArrayList<>();
    if (spec.mirror().isPresent()) {
      archives.add(asked(spec.mirror().get()));
    } else if (host.isLike(spec.distribution())) {
      List<Archive> configured = AptSources.read(host.aptConfiguration());
      if (spec.suite().isPresent()) {
        // The machine's mirror has its other releases too; updates and such have other names there.
        configured.stream()
            .filter(a -> host.codename(spec.distribution()).map(a.suite()::equals).orElse(true))
            .findFirst()
            .map(a -> a.withSuite(spec.suite().get()))
            .ifPresent(archives::add);
      } else {
        archives.addAll(configured);
      }
    }
    if (archives.isEmpty()) {
      throw unavailable(
          "no mirror of %s is known on this machine (%s)"
              .formatted(spec.distribution().id(), host.name()),
          "name one: -Djavisor.%s.mirror=ADDRESS or GuestPackages.mirror"
              .formatted(spec.distribution().id()));
    }
    List<Archive> signed = new ArrayList<>();
    for (Archive archive : archives) {
      signed.add(archive.withKeyring(keyring(archive)));
    }
    return signed;
  }

  private Archive asked(URI mirror) {
    String suite =
        spec.suite()
            .or(() -> host.codename(spec.distribution()))
            .orElse(spec.distribution().suite());
    return new Archive(mirror, suite, List.of("main"), Optional.empty());
  }

  private Path keyring(Archive archive) {
    Path keyring =
        spec.keyring()
            .or(archive::keyring)
            .or(() -> host.keyring(spec.distribution()))
            .orElseThrow(
                () ->
                    unavailable(
                        "this machine has no keys to verify packages of %s with"
                            .formatted(spec.distribution().id()),
                        "install %s-keyring, or pass %s: GuestPackages.keyring"
                            .formatted(
                                spec.distribution() == Distribution.DEBIAN
                                    ? "debian-archive"
                                    : "ubuntu",
                                spec.distribution().keyring())));
    if (!Files.isReadable(keyring)) {
      throw unavailable(
          "the keys %s for %s cannot be read".formatted(keyring, archive),
          "pass another file: GuestPackages.keyring");
    }
    return keyring;
  }

  private static GuestKernelUnavailableException unavailable(String reason, String fix) {
    return new GuestKernelUnavailableException(
        reason, fix + ", or pass a kernel of your own: GuestKernel.of(Path)", null);
  }
}
