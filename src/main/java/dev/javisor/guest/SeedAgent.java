package dev.javisor.guest;

/**
 * How cloud-init starts the agent: by a boot hook, which runs at each boot as soon as the seed has
 * been found (cloud-init, "User data formats", Cloud boothook).
 */
final class SeedAgent {
  /** The program's name on the seed. */
  static final String FILE = "javisor-agent";

  private SeedAgent() {}

  /**
   * The vendor data.
   *
   * @param label the seed's, by which the guest finds its disk
   */
  static String vendorData(String label) {
    // Distributions mount /run so that nothing on it can be executed.
    return """
        #cloud-boothook
        #!/bin/sh
        # Starts Javisor's guest agent.
        home=/run/javisor
        [ ! -e "$home/agent" ] || exit 0
        mkdir -p "$home" || exit
        mount -t tmpfs -o mode=0755,size=8m javisor "$home" || exit
        mkdir "$home/seed"
        mount -t vfat -o ro "$(blkid -L %s)" "$home/seed" || exit
        cp "$home/seed/%s" "$home/agent"
        chmod 0755 "$home/agent"
        umount "$home/seed"
        # A unit of its own outlives the one that runs this hook. The agent goes to the background by itself.
        systemd-run --unit=javisor-agent --property=Type=forking --property=DefaultDependencies=no \\
          "$home/agent" --daemon || "$home/agent" --daemon
        """
        .formatted(label, FILE);
  }
}
