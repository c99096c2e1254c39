package dev.javisor.guest;

/**
 * Told how the fetching of a package goes on. Called by the thread that asked for it, so it holds
 * the fetch up for as long as it takes; what it throws ends the fetch.
 *
 * <pre>{@code
 * class Dots implements FetchListener {
 *   public void step(String what) {
 *     System.out.print("\n" + what);
 *   }
 *
 *   public void bytes(long done, long total) {
 *     System.out.print('.');
 *   }
 * }
 * GuestKernel kernel = GuestPackages.debian().listener(new Dots()).kernel();
 * }</pre>
 */
public interface FetchListener {
  /**
   * A step has begun.
   *
   * @param what the step, such as {@code downloading linux-image-6.1.0-1-cloud-amd64 6.1.1}
   */
  void step(String what);

  /**
   * The step has got further.
   *
   * @param done bytes so far
   * @param total bytes in all, or 0 if that is not known
   */
  void bytes(long done, long total);
}
