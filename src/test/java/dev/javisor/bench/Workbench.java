package dev.javisor.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What measurements work with.
 *
 * @param folder a folder of their own, for files
 * @param root the top of Javisor's tree
 * @param c the C program that does the same, where it could be built
 * @param peers other machine monitors that are there
 * @param rounds how often each subject has its turn
 */
public record Workbench(
    Path folder, Path root, Optional<CProgram> c, List<Peer> peers, int rounds) {
  /** The RAM of all guests, in bytes. */
  public static final long RAM = 512L << 20;
}
