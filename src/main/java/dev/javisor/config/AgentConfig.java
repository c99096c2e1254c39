package dev.javisor.config;

import java.nio.file.Path;

/**
 * How the guest agent gets into the guest, and what it brings along.
 *
 * <pre>{@code
 * GuestPackages debian = GuestPackages.debian();
 * builder
 *     .kernel(debian.kernel())
 *     .agent(agent -> agent.busybox(debian.busybox()).modules("virtio_rng"));
 * }</pre>
 *
 * <p>Where there is a kernel, it comes by an initramfs that Javisor writes, and no disk is changed:
 *
 * <ul>
 *   <li>With an initramfs of the user's, it starts first and then hands over to that one's init.
 *   <li>Without one, and with {@code root=} on the command line, it mounts that root file system
 *       and hands over to its init. The kernel must be able to read the disk by itself or by {@link
 *       #modules}.
 *   <li>Without both, it is the guest's only program: a machine for running commands, with what
 *       {@link #busybox} brings.
 * </ul>
 *
 * <p>Where there is a firmware, it comes by a disk with a cloud-init seed, which the image's
 * cloud-init runs; a seed of the user's is made to carry it by {@code CloudInitSeed}'s {@code
 * agent()}.
 *
 * <p>Not meant to be implemented outside Javisor.
 */
public interface AgentConfig {
  /**
   * Gives a guest in which the agent is alone a busybox: a shell and some hundred commands in
   * {@code /bin}. Default: none.
   *
   * @param file one that needs no libraries, such as that of {@code GuestPackages}
   */
  AgentConfig busybox(Path file);

  /**
   * Adds kernel modules that are loaded before anything else runs, each behind those that it needs.
   * Those for vsock, for PCI, and for disks and networks where the machine has some, need not be
   * named; where the agent mounts the root file system, ext4 need not either.
   *
   * <p>Needs a kernel that was set with its modules.
   *
   * @param names such as {@code xfs}; what is built into the kernel is left out
   */
  AgentConfig modules(String... names);

  /**
   * Adds nothing to the guest: its image starts an agent by itself. Javisor only waits for it.
   *
   * <p>The agent's program is in Javisor's jar; {@code agent --daemon} starts it.
   */
  AgentConfig inImage();
}
