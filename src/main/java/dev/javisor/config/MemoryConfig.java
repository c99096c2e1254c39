package dev.javisor.config;

/**
 * The RAM of a machine and how the host backs it. Values are checked by {@code build()}.
 *
 * <pre>{@code
 * builder.memory(memory -> memory.size("2G").prefault(true));
 * }</pre>
 *
 * <p>Whatever is chosen, host memory is taken page by page as the guest touches it, unless {@link
 * #prefault} or {@link #hugePages} says otherwise, and is left out of core dumps.
 */
public interface MemoryConfig {
  /**
   * The size, a multiple of 4 KiB and at least 1 MiB.
   *
   * @param size a number, and K, M, G or T for powers of 1024: {@code 1024M}; no letter means bytes
   */
  MemoryConfig size(String size);

  /** The size in bytes, a multiple of 4 KiB and at least 1 MiB. */
  MemoryConfig size(long bytes);

  /** Whether other processes can map it. Default false: private memory gets huge pages easier. */
  MemoryConfig shared(boolean shared);

  /**
   * Whether it comes from the host's reserved huge pages of 2 MiB. Default false. All of it is
   * taken when the machine boots, since a huge page that is missing later would end the JVM.
   */
  MemoryConfig hugePages(boolean hugePages);

  /**
   * Whether the host may back it with transparent huge pages. Default true: the guest is faster.
   */
  MemoryConfig transparentHugePages(boolean transparentHugePages);

  /** Whether all pages are populated before the guest runs. Default false: the boot is faster. */
  MemoryConfig prefault(boolean prefault);
}
