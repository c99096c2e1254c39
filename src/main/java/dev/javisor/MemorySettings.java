package dev.javisor;

import dev.javisor.config.MemoryConfig;
import dev.javisor.config.MemoryFit;
import dev.javisor.internal.config.HostMemory;
import dev.javisor.internal.config.MemorySize;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.memory.RamSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The RAM as the builder was told. */
final class MemorySettings implements MemoryConfig {
  private static final Logger LOG = LoggerFactory.getLogger(VirtualMachine.class);
  private static final long PAGE = 4096;
  private static final long HUGE_PAGE = 2L << 20;
  private static final long LEAST = 1L << 20;

  /** What devices take out of the guest's address space below 4 GiB, and leave for those above. */
  private static final long HOLE = 1L << 30;

  /** Stands in for a size that is a mistake, so that the rest can be checked against something. */
  private static final long STAND_IN = 64L << 30;

  private String size = "512M";
  private boolean shared;
  private boolean hugePages;
  private boolean transparentHugePages = true;
  private boolean prefault;

  @Override
  public MemoryConfig size(String size) {
    this.size = Objects.requireNonNull(size, "size");
    return this;
  }

  @Override
  public MemoryConfig size(long bytes) {
    size = Long.toString(bytes);
    return this;
  }

  @Override
  public MemoryConfig shared(boolean shared) {
    this.shared = shared;
    return this;
  }

  @Override
  public MemoryConfig hugePages(boolean hugePages) {
    this.hugePages = hugePages;
    return this;
  }

  @Override
  public MemoryConfig transparentHugePages(boolean transparentHugePages) {
    this.transparentHugePages = transparentHugePages;
    return this;
  }

  @Override
  public MemoryConfig prefault(boolean prefault) {
    this.prefault = prefault;
    return this;
  }

  /**
   * Makes out the RAM.
   *
   * @param addressBits the width of guest physical addresses
   * @param host what the host has left
   * @param fit what to do if that is too little
   * @param problems takes the mistakes
   */
  RamSpec resolve(int addressBits, HostMemory host, MemoryFit fit, List<Problem> problems) {
    int before = problems.size();
    long bytes = bytes(addressBits, problems);
    if (problems.size() == before) {
      checkFit(bytes, host, fit, problems);
    }
    return new RamSpec(
        problems.size() > before ? STAND_IN : bytes,
        shared,
        hugePages,
        transparentHugePages,
        prefault);
  }

  private long bytes(int addressBits, List<Problem> problems) {
    long bytes;
    try {
      bytes = MemorySize.parse(size);
    } catch (IllegalArgumentException e) {
      problems.add(new Problem("memory", size, String.valueOf(e.getMessage())));
      return 0;
    }
    long most = (1L << addressBits) - 2 * HOLE;
    if (bytes < LEAST) {
      problems.add(new Problem("memory", size, "expected 1M or more"));
    } else if (bytes % PAGE != 0) {
      problems.add(new Problem("memory", size, "expected a multiple of 4096 bytes, the page size"));
    } else if (bytes > most) {
      problems.add(
          new Problem(
              "memory",
              size,
              "this host's guests have addresses of %d bits, which leave room for %s"
                  .formatted(addressBits, MemorySize.format(most))));
    }
    if (hugePages && bytes % HUGE_PAGE != 0) {
      problems.add(
          new Problem("memory.hugePages", "true", "memory must be a multiple of 2M with it"));
    }
    return bytes;
  }

  private void checkFit(long bytes, HostMemory host, MemoryFit fit, List<Problem> problems) {
    if (hugePages) {
      // Not a matter of choice: they are taken at boot, all or nothing.
      host.hugePageShortage(bytes)
          .ifPresent(why -> problems.add(new Problem("memory.hugePages", "true", why)));
      return;
    }
    Optional<String> shortage = host.shortage(bytes);
    if (shortage.isEmpty()) {
      return;
    }
    if (fit == MemoryFit.REFUSE) {
      problems.add(new Problem("memory", size, shortage.get()));
    } else {
      LOG.warn("{} of guest RAM cannot fit: {}", size, shortage.get());
    }
  }
}
