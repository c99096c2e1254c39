package dev.javisor.agent;

/**
 * Told how a copy goes on.
 *
 * <pre>{@code
 * vm.agent()
 *     .copyIn(
 *         Path.of("site"),
 *         "/srv/www",
 *         copy -> copy.listener((entries, bytes) -> System.out.println(bytes + " bytes")));
 * }</pre>
 *
 * <p>Threading: called by the thread that copies, so it holds the copy up for as long as it takes.
 */
@FunctionalInterface
public interface CopyListener {
  /**
   * The copy has got further: after each MiB, after 1000 files, folders and links, and at its end.
   * What it throws ends the copy.
   *
   * @param entries files, folders and links so far, with the one that is being copied
   * @param bytes of files so far
   */
  void progress(long entries, long bytes);
}
