package dev.javisor;

import java.util.Optional;

/**
 * A network device of a machine.
 *
 * <pre>{@code
 * NetDevice net = vm.net("net0");
 * net.link(false); // pulls the cable
 * String where = net.tap().orElse("no TAP") + ", " + net.hostAddress().orElse("no address");
 * }</pre>
 *
 * <p>Threading: any thread, in any state of the machine; what would change a machine that has ended
 * does nothing.
 *
 * <p>Not meant to be implemented outside Javisor, but by mocks: methods will be added.
 */
public interface NetDevice {
  /** The device's name, as in {@link VirtualMachine#counters}. */
  String id();

  /** The guest's MAC address. */
  String mac();

  /** The host's TAP interface; empty before the boot, and where Java code is the other side. */
  Optional<String> tap();

  /**
   * The address that the host's end was given, and the length of its network's prefix, such as
   * {@code 192.168.249.1/24}. Empty before the boot, and where Javisor did not give it one.
   */
  Optional<String> hostAddress();

  /** Whether the cable is plugged in, as it is from the start. */
  boolean linkUp();

  /**
   * Plugs the cable in or out: the guest is told, and the host sees the interface's carrier go. No
   * frame passes while it is out. It stays as it is when the guest reboots.
   */
  void link(boolean up);

  /**
   * Asks the guest to tell the network where it is (gratuitous ARP), as after a move of the
   * machine. Does nothing if its driver cannot.
   */
  void announce();
}
