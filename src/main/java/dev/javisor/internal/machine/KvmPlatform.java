package dev.javisor.internal.machine;

import dev.javisor.error.HypervisorUnavailableException;
import dev.javisor.internal.boot.BootParameters;
import dev.javisor.internal.boot.KernelImage;
import dev.javisor.internal.boot.KernelLoader;
import dev.javisor.internal.boot.PayloadException;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.kvm.Kvm;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.NativeException;
import dev.javisor.internal.sys.NativeUnavailableException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Machines on Linux's KVM. */
public final class KvmPlatform implements Platform {
  private final Path device;
  private final SupportedCpuid cpuid = new SupportedCpuid();

  /**
   * @param device where KVM is, {@link Kvm#DEVICE} but in tests
   */
  public KvmPlatform(Path device) {
    this.device = device;
  }

  @Override
  public HostFacts facts() {
    return HostProbe.of(device, cpuid).facts();
  }

  @Override
  public Optional<HostProblem> stockKernel() {
    try (Kvm kvm = HostProbe.open(device, cpuid)) {
      return StockKernelProbe.run(kvm);
    } catch (HypervisorUnavailableException e) {
      return Optional.of(new HostProblem(e.reason(), e.fix()));
    } catch (NativeException e) {
      return Optional.of(
          new HostProblem(
              String.valueOf(e.getMessage()), "see what the host's kernel log says about kvm"));
    }
  }

  @Override
  public List<Problem> check(MachineSpec spec) {
    Payload payload = spec.payload();
    Path at = payload.image();
    String field = payload.kind().field();
    try (Fd kernel = Fd.open(at, Fd.O_RDONLY)) {
      KernelImage image = KernelImage.read(kernel);
      if (payload.initramfs().isEmpty()) {
        return check(spec, image, Optional.empty());
      }
      field = "initramfs";
      at = payload.initramfs().get();
      try (Fd initramfs = Fd.open(at, Fd.O_RDONLY)) {
        return check(spec, image, Optional.of(initramfs));
      }
    } catch (PayloadException e) {
      return List.of(problem(payload, e));
    } catch (NativeException e) {
      return List.of(new Problem(field, at.toString(), String.valueOf(e.getMessage())));
    } catch (NativeUnavailableException e) {
      // Said already, by facts().
      return List.of();
    }
  }

  @Override
  public Machine create(MachineSpec spec, MachineListener listener) {
    return new KvmMachine(device, cpuid, spec, listener);
  }

  private static List<Problem> check(MachineSpec spec, KernelImage image, Optional<Fd> initramfs) {
    BootParameters parameters =
        new BootParameters(spec.payload().cmdline(), initramfs, Hardware.RSDP, Hardware.ECAM);
    return KernelLoader.check(image, parameters, spec.ram().bytes()).stream()
        .map(problem -> problem(spec.payload(), problem))
        .toList();
  }

  private static Problem problem(Payload payload, PayloadException e) {
    return switch (e.part()) {
      case KERNEL ->
          new Problem(
              payload.kind().field(), payload.image().toString(), String.valueOf(e.getMessage()));
      case INITRAMFS ->
          new Problem(
              "initramfs",
              payload.initramfs().map(Path::toString).orElse(""),
              String.valueOf(e.getMessage()));
      case CMDLINE -> new Problem("cmdline", payload.cmdline(), String.valueOf(e.getMessage()));
    };
  }
}
