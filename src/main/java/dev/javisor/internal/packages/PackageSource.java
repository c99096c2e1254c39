package dev.javisor.internal.packages;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Where packages come from. Whatever it hands out is verified. */
interface PackageSource {
  /** What it is, for messages. */
  String description();

  /** What went wrong without being fatal, and may be why a package is not found; or empty. */
  default String trouble() {
    return "";
  }

  /**
   * Gets the lists of packages up to date. Called once before the other methods.
   *
   * @param progress told what goes on
   * @throws IOException if they cannot be had or do not verify
   */
  void prepare(Progress progress) throws IOException;

  /**
   * Looks a package up.
   *
   * @param version the version that is asked for, or empty for the newest
   * @throws IOException if the lists cannot be read
   */
  Optional<PackageRecord> find(String name, Optional<String> version) throws IOException;

  /**
   * Downloads a package's file and verifies it.
   *
   * @param folder where to put it; empty
   * @return the file
   * @throws IOException if it cannot be had or does not verify
   */
  Path download(PackageRecord wanted, Path folder, Progress progress) throws IOException;
}
