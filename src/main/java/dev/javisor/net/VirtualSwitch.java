package dev.javisor.net;

import dev.javisor.backend.NetBackend;
import dev.javisor.config.LinkConditions;
import dev.javisor.config.NetPolicy;
import dev.javisor.config.UserNetConfig;
import dev.javisor.error.InvalidConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/**
 * A network of machines of this JVM, and of nobody else: an Ethernet switch with a port for each
 * machine. What its links do to frames can be changed at any time, and is drawn from a seed.
 *
 * <pre>{@code
 * try (VirtualSwitch network = VirtualSwitch.create(1)) {
 *   builder.net(network.port("a")); // and another machine's builder at port "b"
 *   network.conditions("b", LinkConditions.builder().latency(Duration.ofMillis(20)).build());
 *   network.partition(Set.of("a"), Set.of("b"));
 *   network.heal();
 * }
 * }</pre>
 *
 * <p><b>Links.</b> Each port has a cable, and each pair of ports may have a path between them, with
 * conditions for each direction. A frame passes the sender's cable, the path, and the receiver's
 * cable, one after the other: a latency of 10 ms on one cable is 20 ms in a ping's time. The switch
 * learns addresses, and passes on frames for many and those for an address that it does not know to
 * all other ports.
 *
 * <p><b>By seed.</b> The fate of the n-th frame on a link depends on the seed, the link's name and
 * conditions, and n. What guests send, and when, is theirs.
 *
 * <p><b>Memory.</b> Each direction of a cable or path keeps {@link Builder#queueBytes} at most, and
 * so does each port for a guest that has no room; what comes on top is dropped and counted. Where
 * several ports send to one, none takes more than it leaves to others.
 *
 * <p><b>Addresses and names.</b> By itself a switch has none: guests choose their addresses, or ask
 * a server that is one of them. With {@link Builder#user} this process is on the network, too: it
 * gives each guest an address by DHCP, and lets guests find each other by the names of their ports.
 *
 * <pre>{@code
 * VirtualSwitch network =
 *     VirtualSwitch.builder().user(user -> user.policy(NetPolicy.none())).build();
 * builder.net(network.port("db")); // others reach it as "db", and nobody reaches this host
 * }</pre>
 *
 * <p>Threading: any thread. A switch has one thread, from the first frame on that has to wait; with
 * {@link Builder#user} it has one more.
 */
public interface VirtualSwitch extends AutoCloseable {
  /** The port of this process, where {@link Builder#user} gave it one. */
  String HOST_PORT = "host";

  /**
   * A switch with perfect links.
   *
   * @param seed of all that is left to chance
   */
  static VirtualSwitch create(long seed) {
    return builder().seed(seed).build();
  }

  /** Starts with what {@link #create} gives, with seed 0. */
  static Builder builder() {
    return new SwitchBuilder();
  }

  /**
   * The port of this name, for the {@code net} of one machine at a time; made when first asked for.
   * Another machine may use it when that one has ended.
   *
   * @throws IllegalArgumentException if the name is blank; or, with {@link Builder#user}, if it is
   *     no name of a host (letters, digits and hyphens), or another host's
   * @throws IllegalStateException if it is to be made, and the switch is closed
   */
  NetBackend port(String name);

  /** The names of all ports, in the order in which they were made. */
  Set<String> ports();

  /**
   * Changes all cables, those of ports to come too. Frames that are under way arrive when they
   * would have, or when the new latency is over if that is sooner.
   */
  void conditions(LinkConditions conditions);

  /**
   * Changes a cable, in both directions.
   *
   * @throws IllegalArgumentException if there is no such port
   */
  void conditions(String port, LinkConditions conditions);

  /**
   * Changes the path of frames that one port's guest sends to another's.
   *
   * @throws IllegalArgumentException if there is no such port
   */
  void conditions(String from, String to, LinkConditions conditions);

  /**
   * Cuts the ports of one set off from those of another one, in both directions, until {@link
   * #heal}. Frames that are under way between them are lost. What was cut before stays cut.
   *
   * @throws IllegalArgumentException if there is no such port, or one is in both sets
   */
  void partition(Set<String> one, Set<String> other);

  /**
   * Cuts a port off from all others that there are, as above.
   *
   * @throws IllegalArgumentException if there is no such port
   */
  void isolate(String port);

  /** Ends all partitions. */
  void heal();

  /**
   * What became of the frames of a port so far.
   *
   * @throws IllegalArgumentException if there is no such port
   */
  PortCounters counters(String port);

  /**
   * Writes what a port's guest sends and gets to a file that Wireshark, tshark and tcpdump read
   * (pcap, link type Ethernet, with nanoseconds), until {@link #stopCapture} or {@link #close}.
   * Frames that its guest sends are there before anything befalls them.
   *
   * @param file made anew
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if there is no such port
   * @throws IllegalStateException if one is written already
   */
  void startCapture(String port, Path file) throws IOException;

  /**
   * Completes the file, if one is written.
   *
   * @throws IllegalArgumentException if there is no such port
   */
  void stopCapture(String port);

  /**
   * Drops what is under way, completes the files, and ends the thread. Machines that are still
   * there run on, and nobody hears them. More than once is no harm.
   */
  @Override
  void close();

  /** Collects what makes a switch. Threading: one thread at a time. */
  interface Builder {
    /** Of all that is left to chance; default 0. */
    Builder seed(long seed);

    /**
     * Whether a guest is kept from sending in another one's name: a MAC address stays with the port
     * that it was heard on first, until it was silent for {@link #addressAge} or that machine
     * ended; and a port with as many addresses as it may have gets no more. Frames against that are
     * refused. Default no. It costs a copy of each frame.
     */
    Builder antiSpoofing(boolean on);

    /** How many addresses the switch remembers for a port; default 128, at least 1. */
    Builder addressesPerPort(int count);

    /** For how long an address is remembered after it was heard; default 5 minutes. */
    Builder addressAge(Duration age);

    /**
     * How much memory frames may take in one queue, 256 KiB at least; default 4 MiB. A link of high
     * bandwidth and latency needs their product.
     */
    Builder queueBytes(long bytes);

    /**
     * Lets this process be on the network, as port {@value #HOST_PORT}: what {@link UserNetConfig}
     * says of one guest then goes for all of them, who share its address towards the outside. A
     * guest's host name is that of its port, and the others find it by that name once it has asked
     * for its address by DHCP. Addresses go by the order in which ports were made, for 80 of them.
     * The network's gateway and name server are there whatever the policy is: one of {@link
     * NetPolicy#none} isolates guests from the host, and partitions may cut the port off like any
     * other. {@code forward} and {@code hostName} are for networks of one guest, and refused:
     * {@link dev.javisor.VirtualMachine#port} and {@link dev.javisor.VirtualMachine#connect(int)}
     * lead to the guest of each port.
     *
     * <p>An IPv4 address that a port got by DHCP is that port's towards this process: what another
     * one sends from there is dropped. The guests share what one guest may have of connections,
     * their memory, datagrams' ways and threads, so that one that takes all it can get leaves half
     * of them to the others, the next one a quarter, and so on. Lookups of names take their turns.
     *
     * @param user told once, at once
     */
    Builder user(Consumer<? super UserNetConfig> user);

    /** Makes the threads; default daemon threads {@code javisor-switch}. */
    Builder threads(ThreadFactory threads);

    /**
     * Makes the switch.
     *
     * @throws IllegalArgumentException if a number is out of its bounds
     * @throws InvalidConfigurationException if what {@link #user} was told is not valid
     */
    VirtualSwitch build();
  }
}
