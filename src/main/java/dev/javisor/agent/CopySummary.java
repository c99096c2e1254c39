package dev.javisor.agent;

import java.util.List;

/**
 * What was copied.
 *
 * <pre>{@code
 * CopySummary copied = vm.agent().copyOut("/etc", Path.of("target/etc"));
 * boolean whole = copied.skipped().isEmpty();
 * }</pre>
 *
 * <p>Threading: immutable.
 *
 * @param files how many files
 * @param folders how many folders, with the root of the copy
 * @param links how many symbolic links
 * @param bytes the sum of the files' lengths
 * @param skipped paths, from the root of the copy, of FIFOs, sockets and devices, which are not
 *     copied; the first 100
 */
public record CopySummary(long files, long folders, long links, long bytes, List<String> skipped) {
  /** Checks and copies. */
  public CopySummary {
    skipped = List.copyOf(skipped);
  }
}
