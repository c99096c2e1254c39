package dev.javisor.agent;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a guest says of itself. A guest that is not trusted may say anything.
 *
 * <pre>{@code
 * GuestFacts facts = vm.agent().facts();
 * boolean debian = facts.osRelease().getOrDefault("ID", "").equals("debian");
 * long freeMegabytes = facts.memoryAvailable() >> 20;
 * }</pre>
 *
 * <p>Threading: immutable.
 *
 * @param osRelease the variables of {@code /etc/os-release}, such as {@code ID} and {@code
 *     PRETTY_NAME}; empty where there is none
 * @param hostname its name
 * @param kernel the kernel's release, as {@code uname -r} tells it
 * @param architecture such as {@code x86_64}
 * @param uptime since its kernel started
 * @param memoryTotal its memory in bytes, without what its kernel took for itself
 * @param memoryAvailable how many bytes programs could have without swapping
 * @param cpus how many CPUs are online
 * @param addresses the addresses of its network interfaces
 * @param bootId another one for each boot
 */
public record GuestFacts(
    Map<String, String> osRelease,
    String hostname,
    String kernel,
    String architecture,
    Duration uptime,
    long memoryTotal,
    long memoryAvailable,
    int cpus,
    List<Address> addresses,
    String bootId) {
  /** Checks and copies. */
  public GuestFacts {
    osRelease = Map.copyOf(osRelease);
    addresses = List.copyOf(addresses);
  }

  /**
   * An address of a network interface.
   *
   * @param networkInterface its name, such as {@code eth0}
   * @param address the address
   * @param prefix how many of its leading bits are the network's
   */
  public record Address(String networkInterface, InetAddress address, int prefix) {}
}
