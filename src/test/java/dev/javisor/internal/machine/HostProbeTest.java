package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.kvm.Kvm;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.NativeException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class HostProbeTest {
  private static final Path DEVICE = Path.of("/dev/kvm");

  @Test
  void shouldTellWhatTheHostCanDo() {
    FakeKvm kvm = new FakeKvm(12, List.of());

    HostFacts facts = probe("Linux", "amd64", () -> kvm);

    assertNull(facts.problem());
    assertEquals(new HostFacts(null, 12, 1024, 40), facts);
    assertEquals(1, kvm.closes);
  }

  @Test
  void shouldNotEvenOpenTheDevice_whenThePlatformIsAnother() {
    for (String[] platform :
        new String[][] {{"Mac OS X", "aarch64"}, {"Windows 11", "amd64"}, {"Linux", "aarch64"}}) {
      HostProblem problem =
          problem(
              platform[0],
              platform[1],
              () -> {
                throw new AssertionError("opened");
              });
      assertEquals(
          "Javisor needs Linux on x86-64, and this JVM runs on %s (%s)"
              .formatted((Object[]) platform),
          problem.reason());
    }
  }

  @Test
  void shouldSayHowToGetKvm_whenTheDeviceIsMissing() {
    HostProblem problem = problemAtOpen(Errno.ENOENT);

    assertEquals("/dev/kvm does not exist", problem.reason());
    assertTrue(problem.fix().contains("modprobe kvm_intel or kvm_amd"), problem.fix());
    assertTrue(problem.fix().contains("--device=/dev/kvm"), problem.fix());
  }

  @Test
  void shouldSayHowToGetKvm_whenNothingIsBehindTheDevice() {
    HostProblem problem = problemAtOpen(Errno.ENODEV);

    assertEquals("/dev/kvm exists, but there is no KVM behind it (ENODEV)", problem.reason());
    assertTrue(problem.fix().contains("nested virtualization"), problem.fix());
  }

  @Test
  void shouldSayHowToGetPermission_whenTheDeviceMayNotBeOpened() {
    HostProblem problem = problemAtOpen(Errno.EACCES);

    assertEquals("user jane may not open /dev/kvm (EACCES)", problem.reason());
    assertTrue(problem.fix().contains("sudo usermod -aG kvm jane"), problem.fix());
    assertTrue(problem.fix().contains("KERNEL==\"kvm\""), problem.fix());
    assertTrue(problem.fix().contains("udevadm trigger --name-match=kvm"), problem.fix());
  }

  @Test
  void shouldNameTheError_whenSomethingElseIsWrong() {
    HostProblem problem = problemAtOpen(24);

    assertTrue(problem.reason().contains("open failed with EMFILE (24)"), problem.reason());
  }

  @Test
  void shouldNameTheVersion_whenTheApiIsAnother() {
    FakeKvm kvm = new FakeKvm(11, List.of());

    HostProblem problem = problem("Linux", "amd64", () -> kvm);

    assertEquals("/dev/kvm has API version 11, not 12", problem.reason());
    assertEquals(1, kvm.closes);
  }

  @Test
  void shouldNameTheCapabilities_whenSomeAreMissing() {
    HostProblem problem =
        problem(
            "Linux",
            "amd64",
            () -> new FakeKvm(12, List.of("KVM_CAP_IRQFD", "KVM_CAP_IMMEDIATE_EXIT")));

    assertEquals("this host's KVM lacks KVM_CAP_IRQFD, KVM_CAP_IMMEDIATE_EXIT", problem.reason());
  }

  @Test
  void shouldOpenTheKvmOfThisMachine() {
    try (HostKvm kvm = HostKvm.open(Kvm.DEVICE, new SupportedCpuid())) {
      assertEquals(12, kvm.apiVersion());
      assertEquals(List.of(), kvm.missingCapabilities());
      assertTrue(kvm.maxVcpus() > 1, () -> "" + kvm.maxVcpus());
      assertTrue(
          kvm.physicalAddressBits() >= 36 && kvm.physicalAddressBits() <= 46,
          () -> "" + kvm.physicalAddressBits());
    }
  }

  private static HostProblem problemAtOpen(int errno) {
    return problem(
        "Linux",
        "amd64",
        () -> {
          throw new NativeException("open", errno, "/dev/kvm");
        });
  }

  private static HostProblem problem(String os, String cpu, Supplier<HostKvm> opener) {
    HostProblem problem = probe(os, cpu, opener).problem();
    if (problem == null) {
      throw new AssertionError("no problem was found");
    }
    return problem;
  }

  private static HostFacts probe(String os, String cpu, Supplier<HostKvm> opener) {
    Properties system = new Properties();
    system.setProperty("os.name", os);
    system.setProperty("os.arch", cpu);
    system.setProperty("user.name", "jane");
    return new HostProbe(system, DEVICE, opener).facts();
  }

  private static final class FakeKvm implements HostKvm {
    private final int version;
    private final List<String> missing;
    private int closes;

    FakeKvm(int version, List<String> missing) {
      this.version = version;
      this.missing = missing;
    }

    @Override
    public int apiVersion() {
      return version;
    }

    @Override
    public List<String> missingCapabilities() {
      return missing;
    }

    @Override
    public int maxVcpus() {
      return 1024;
    }

    @Override
    public int physicalAddressBits() {
      return 40;
    }

    @Override
    public void close() {
      closes++;
    }
  }
}
