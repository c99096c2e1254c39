package dev.javisor.internal.packages;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Chooses where packages come from, by what the machine has. */
public final class SourceChoice {
  private SourceChoice() {}

  /** Where packages come from, as one line that differs wherever the packages may. */
  public static String origin(FetchSpec spec) {
    return spec.toString();
  }

  /**
   * A fetcher for what is asked.
   *
   * @param state a folder for package lists, kept between fetches
   */
  public static PackageFetcher choose(FetchSpec spec, Path state) {
    return new PackageFetcher(
        List.of(
            AptPackages.machine(state, spec.architecture()),
            AptPackages.own(state, Optional.empty(), spec.architecture())));
  }
}
