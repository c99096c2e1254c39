package dev.javisor.internal.machine;

import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.virtio.EntropySource;
import java.lang.ref.Reference;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Random bytes from a file of the host, {@code /dev/urandom} mostly, read into guest memory in
 * place.
 *
 * <p>Threading: one thread at a time.
 */
final class HostEntropy implements EntropySource {
  private static final Logger log = LoggerFactory.getLogger(HostEntropy.class);

  private final Fd file;
  private boolean complained;

  private HostEntropy(Fd file) {
    this.file = file;
  }

  /**
   * Opens a source.
   *
   * @throws dev.javisor.internal.sys.NativeException if it cannot be opened
   */
  static HostEntropy open(Path path) {
    return new HostEntropy(Fd.open(path, Fd.O_RDONLY | Fd.O_NONBLOCK));
  }

  @Override
  public int fill(IoVector target) {
    long result;
    try {
      do {
        result = file.tryReadVector(target.address(), target.count());
      } while (result == -Errno.EINTR);
    } finally {
      Reference.reachabilityFence(target);
    }
    if (result > 0) {
      return (int) result;
    }
    if (result == -Errno.EAGAIN) {
      return 0;
    }
    // A guest can reset the device and ask again as often as it likes.
    if (!complained) {
      complained = true;
      String why = result == 0 ? "it has ended" : "read: " + Errno.name((int) -result);
      log.error("no more random bytes from {}: {}; use /dev/urandom", file.name(), why);
    }
    return FAILED;
  }

  @Override
  public void close() {
    file.close();
  }
}
