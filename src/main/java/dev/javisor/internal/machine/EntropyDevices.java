package dev.javisor.internal.machine;

import dev.javisor.internal.config.Problem;
import dev.javisor.internal.pci.PciDevice;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.NativeBuffer;
import dev.javisor.internal.sys.NativeException;
import dev.javisor.internal.sys.NativeUnavailableException;
import dev.javisor.internal.virtio.EntropySource;
import dev.javisor.internal.virtio.VirtioDevices;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Optional;

/** Entropy devices whose bytes come from a file of the host. */
public final class EntropyDevices {
  private static final String FIELD = "rng";
  private static final String HINT = "; use /dev/urandom";

  private EntropyDevices() {}

  /**
   * A device for a machine to come.
   *
   * @param source where its bytes come from
   */
  public static PciDeviceFactory from(Path source) {
    return host -> create(source, host);
  }

  /** Tells why a file gives no random bytes, if it does not; takes a byte from it. */
  public static Optional<Problem> check(Path source) {
    if (source.getFileSystem() != FileSystems.getDefault()) {
      return Optional.of(problem(source, "expected a file of the default file system"));
    }
    try (Fd file = Fd.open(source, Fd.O_RDONLY | Fd.O_NONBLOCK)) {
      NativeBuffer target = NativeBuffer.ofSize(Long.BYTES);
      long result = target.during(at -> file.tryRead(at, 1));
      if (result == 0) {
        return Optional.of(problem(source, "it is empty"));
      }
      return result > 0 || result == -Errno.EAGAIN
          ? Optional.empty()
          : Optional.of(problem(source, "read: " + Errno.name((int) -result)));
    } catch (NativeException e) {
      return Optional.of(problem(source, String.valueOf(e.getMessage())));
    } catch (NativeUnavailableException e) {
      // Said already, by the platform's facts.
      return Optional.empty();
    }
  }

  private static Problem problem(Path source, String why) {
    return new Problem(FIELD, source.toString(), why + HINT);
  }

  private static PciDevice<?> create(Path path, DeviceHost host) {
    EntropySource source = HostEntropy.open(path);
    try {
      return VirtioDevices.pci(
          VirtioDevices.entropy(DeviceIds.ENTROPY, source, host.timer()),
          host.memory(),
          host.workers(),
          host.interrupts());
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }
}
