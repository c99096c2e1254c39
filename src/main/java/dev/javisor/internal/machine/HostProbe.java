package dev.javisor.internal.machine;

import dev.javisor.error.HypervisorUnavailableException;
import dev.javisor.internal.kvm.Kvm;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.NativeException;
import dev.javisor.internal.sys.NativeUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Finds out whether a host can run machines, and if not, why and what helps.
 *
 * @param system the JVM's system properties
 * @param device where KVM is
 * @param opener opens it; throws what the host has against it
 */
record HostProbe(Properties system, Path device, Supplier<HostKvm> opener) {
  private static final int API_VERSION = 12;
  private static final Set<String> X86_64 = Set.of("amd64", "x86_64");

  /** The probe of this host. */
  static HostProbe of(Path device, SupportedCpuid cpuid) {
    return new HostProbe(System.getProperties(), device, () -> HostKvm.open(device, cpuid));
  }

  /**
   * Checks the host, and opens its KVM.
   *
   * @throws HypervisorUnavailableException if it can run no machines
   */
  static Kvm open(Path device, SupportedCpuid cpuid) {
    HostProblem problem = of(device, cpuid).facts().problem();
    if (problem != null) {
      throw new HypervisorUnavailableException(problem.reason(), problem.fix(), null);
    }
    return Kvm.open(device);
  }

  /** Looks; throws nothing. */
  HostFacts facts() {
    String os = system.getProperty("os.name", "?");
    String cpu = system.getProperty("os.arch", "?");
    if (!os.equals("Linux") || !X86_64.contains(cpu.toLowerCase(Locale.ROOT))) {
      return unavailable(
          "Javisor needs Linux on x86-64, and this JVM runs on %s (%s)".formatted(os, cpu),
          "use such a machine, or a virtual one with nested virtualization");
    }
    try (HostKvm kvm = opener.get()) {
      return facts(kvm);
    } catch (NativeUnavailableException e) {
      return unavailable(
          "native code cannot be loaded: " + e.getMessage(),
          "see that JNA can unpack its library: set -Djna.tmpdir to a directory whose file system is"
              + " writable and not mounted noexec");
    } catch (NativeException e) {
      return HostFacts.unavailable(problem(e));
    }
  }

  private HostFacts facts(HostKvm kvm) {
    int version = kvm.apiVersion();
    if (version != API_VERSION) {
      return unavailable(
          "%s has API version %d, not %d".formatted(device, version, API_VERSION),
          "use a Linux kernel whose KVM has version " + API_VERSION);
    }
    List<String> missing = kvm.missingCapabilities();
    if (!missing.isEmpty()) {
      return unavailable(
          "this host's KVM lacks " + String.join(", ", missing), "use a newer Linux kernel");
    }
    return new HostFacts(null, version, kvm.maxVcpus(), kvm.physicalAddressBits());
  }

  private HostProblem problem(NativeException e) {
    return switch (e.errno()) {
      case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO -> missing(e);
      case Errno.EACCES, Errno.EPERM -> forbidden(e);
      case Errno.ENOTTY ->
          new HostProblem(device + " is not KVM (ENOTTY)", "name the device of KVM, " + Kvm.DEVICE);
      case Errno.EMFILE, Errno.ENFILE ->
          new HostProblem(
              "%s cannot be opened: %s".formatted(device, e.getMessage()),
              "raise the limit of open files (ulimit -n), or close machines");
      default ->
          new HostProblem(
              "%s cannot be used: %s".formatted(device, e.getMessage()),
              "see what the host's kernel log says about kvm");
    };
  }

  private HostProblem missing(NativeException e) {
    String reason =
        e.errno() == Errno.ENOENT
            ? device + " does not exist"
            : "%s exists, but there is no KVM behind it (%s)"
                .formatted(device, Errno.name(e.errno()));
    return new HostProblem(
        reason,
        "load KVM with modprobe kvm_intel or kvm_amd and enable virtualization in the firmware's"
            + " setup; in a virtual machine its host must allow nested virtualization; a container"
            + " needs --device="
            + device);
  }

  private HostProblem forbidden(NativeException e) {
    String user = system.getProperty("user.name", "USER");
    String group = group();
    return new HostProblem(
        "user %s may not open %s (%s)".formatted(user, device, Errno.name(e.errno())),
        "sudo usermod -aG %s %s, and log in again; on a build machine: ".formatted(group, user)
            + "echo 'KERNEL==\"kvm\", GROUP=\"%s\", MODE=\"0666\"' | ".formatted(group)
            + "sudo tee /etc/udev/rules.d/99-kvm.rules && sudo udevadm control --reload-rules && "
            + "sudo udevadm trigger --name-match=kvm");
  }

  /** The group that the device belongs to, which is not root where udev has set it up. */
  private String group() {
    try {
      String group = Files.readAttributes(device, PosixFileAttributes.class).group().getName();
      return group.equals("root") ? "kvm" : group;
    } catch (IOException | UnsupportedOperationException e) {
      return "kvm";
    }
  }

  private static HostFacts unavailable(String reason, String fix) {
    return HostFacts.unavailable(new HostProblem(reason, fix));
  }
}
