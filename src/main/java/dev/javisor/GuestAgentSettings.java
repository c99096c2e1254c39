package dev.javisor;

import static java.util.Objects.requireNonNull;

import dev.javisor.config.AgentConfig;
import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.guest.GuestKernel;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.guest.AgentArchive;
import dev.javisor.internal.guest.AgentArchive.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the builder was told of the guest agent. */
final class GuestAgentSettings implements AgentConfig {
  private static final List<String> OWN_DRIVERS =
      List.of("virtio_pci", "vmw_vsock_virtio_transport");
  private static final String MODULES = "agent.modules";
  private static final String BUSYBOX = "agent.busybox";
  private static final String ROOT_FILE_SYSTEM = "ext4";

  private final Set<String> modules = new LinkedHashSet<>();
  private @Nullable Path busybox;
  private boolean inImage;

  @Override
  public AgentConfig busybox(Path file) {
    busybox = requireNonNull(file, "file");
    return this;
  }

  @Override
  public AgentConfig modules(String... names) {
    modules.addAll(List.of(names));
    return this;
  }

  @Override
  public AgentConfig inImage() {
    inImage = true;
    return this;
  }

  /** Whether the guest has an agent of its own. */
  boolean isInImage() {
    return inImage;
  }

  /**
   * Makes out what is added to the guest's initramfs.
   *
   * @param role what the agent does besides
   * @param kernel the kernel, if it is known with its modules
   * @param drivers the modules that this machine's devices want
   */
  AgentArchive resolve(
      Role role, @Nullable GuestKernel kernel, List<String> drivers, List<Problem> problems) {
    List<String> useful = new ArrayList<>();
    if (role.equals(Role.ROOT)) {
      useful.add(ROOT_FILE_SYSTEM);
    }
    if (role.equals(Role.ROOT) || role.equals(Role.STANDALONE)) {
      // Another initramfs loads its own.
      useful.addAll(drivers);
    }
    return new AgentArchive(role, files(kernel, useful, problems), shell(role, problems));
  }

  private Optional<Path> shell(Role role, List<Problem> problems) {
    if (busybox == null) {
      return Optional.empty();
    }
    int before = problems.size();
    Checks.file(BUSYBOX, busybox, problems);
    if (!role.equals(Role.STANDALONE)) {
      problems.add(
          new Problem(
              BUSYBOX,
              busybox.toString(),
              "this guest has a system of its own: leave the busybox out, or the initramfs and"
                  + " root="));
    }
    return problems.size() == before ? Optional.of(busybox) : Optional.empty();
  }

  private List<Path> files(
      @Nullable GuestKernel kernel, List<String> useful, List<Problem> problems) {
    Set<Path> files = new LinkedHashSet<>();
    if (kernel != null && hasModules(kernel)) {
      OWN_DRIVERS.forEach(name -> add(kernel, name, files).ifPresent(problems::add));
      // Without these, it is the user who knows how the guest does.
      useful.forEach(name -> add(kernel, name, files));
    }
    for (String name : modules) {
      if (kernel != null) {
        add(kernel, name, files).ifPresent(problems::add);
      } else {
        problems.add(
            new Problem(
                MODULES,
                name,
                "the kernel's modules are not known: kernel(GuestKernel.of(file, folder)) tells"));
      }
    }
    return List.copyOf(files);
  }

  /** A kernel in a file by itself has what it needs built in, or gets it from the guest's image. */
  private static boolean hasModules(GuestKernel kernel) {
    try {
      return kernel.modules().isEmpty();
    } catch (GuestKernelUnavailableException e) {
      return false;
    }
  }

  private static Optional<Problem> add(GuestKernel kernel, String name, Set<Path> files) {
    try {
      files.addAll(kernel.modules(name));
      return Optional.empty();
    } catch (IllegalArgumentException | GuestKernelUnavailableException e) {
      return Optional.of(new Problem(MODULES, name, String.valueOf(e.getMessage())));
    }
  }
}
