package dev.javisor.internal.machine;

import dev.javisor.error.HypervisorUnavailableException;
import dev.javisor.internal.kvm.Kvm;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.NativeException;
import dev.javisor.internal.sys.NativeUnavailableException;
import dev.javisor.internal.x86.CpuidEntry;
import dev.javisor.internal.x86.PlatformLayout;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens KVM, or says in words that help why it cannot be used. */
final class KvmHost {
  private static final int LEAF_ADDRESS_SIZES = 0x8000_0008;
  private static final int DEFAULT_PHYSICAL_BITS = 36;

  private KvmHost() {}

  /**
   * Opens KVM and checks that it can do what Javisor needs.
   *
   * @throws HypervisorUnavailableException if it cannot be used
   */
  static Kvm open(Path device) {
    Kvm kvm = openUnchecked(device);
    try {
      int version = kvm.apiVersion();
      if (version != Kvm.API_VERSION) {
        throw unavailable(
            "%s speaks version %d of KVM's API, and Javisor %d"
                .formatted(device, version, Kvm.API_VERSION),
            "use a Linux kernel of this century",
            null);
      }
      List<String> missing = kvm.missingCapabilities();
      if (!missing.isEmpty()) {
        throw unavailable(
            "this host's KVM lacks " + String.join(", ", missing),
            "use a newer kernel, or a host whose hypervisor offers them",
            null);
      }
      return kvm;
    } catch (NativeException e) {
      kvm.close();
      throw unavailable(e.getMessage(), "is " + device + " really KVM?", e);
    } catch (RuntimeException e) {
      kvm.close();
      throw e;
    }
  }

  /**
   * The width of guest physical addresses in bits: the host's, but no more than guests are told.
   */
  static int physicalAddressBits(List<CpuidEntry> supported) {
    int host =
        supported.stream()
            .filter(entry -> entry.function() == LEAF_ADDRESS_SIZES)
            .mapToInt(entry -> entry.eax() & 0xff)
            .findFirst()
            .orElse(DEFAULT_PHYSICAL_BITS);
    return Math.min(host, PlatformLayout.MAX_PHYSICAL_BITS);
  }

  private static Kvm openUnchecked(Path device) {
    try {
      return Kvm.open(device);
    } catch (NativeUnavailableException e) {
      throw unavailable(e.getMessage(), "see the README, \"What it needs\"", e);
    } catch (NativeException e) {
      throw unavailable(device, e);
    }
  }

  private static HypervisorUnavailableException unavailable(Path device, NativeException e) {
    return switch (e.errno()) {
      case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO ->
          unavailable(
              "there is no %s (%s)".formatted(device, Errno.name(e.errno())),
              "switch virtualization on in the firmware and load kvm_intel or kvm_amd; in a virtual"
                  + " machine ask its host for nested virtualization; in a container pass"
                  + " --device /dev/kvm",
              e);
      case Errno.EACCES, Errno.EPERM ->
          unavailable(
              "this user may not open %s (%s)".formatted(device, Errno.name(e.errno())),
              "run: sudo usermod -aG kvm $USER, and log in again; on a CI machine write"
                  + " KERNEL==\"kvm\", MODE=\"0666\" to /etc/udev/rules.d/99-kvm.rules and run:"
                  + " sudo udevadm trigger --name-match=kvm",
              e);
      default -> unavailable(e.getMessage(), "see what the kernel log (dmesg) says about kvm", e);
    };
  }

  private static HypervisorUnavailableException unavailable(
      @Nullable String reason, String fix, @Nullable Throwable cause) {
    return new HypervisorUnavailableException(reason == null ? "KVM failed" : reason, fix, cause);
  }
}
