package dev.javisor;

import dev.javisor.agent.Agent;
import dev.javisor.agent.ExecResult;
import dev.javisor.agent.PortForward;
import dev.javisor.config.AgentConfig;
import dev.javisor.config.ConsoleMode;
import dev.javisor.config.CpuConfig;
import dev.javisor.config.MemoryConfig;
import dev.javisor.config.MemoryFit;
import dev.javisor.config.NetChannel;
import dev.javisor.config.OnReset;
import dev.javisor.config.PlatformConfig;
import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmListener;
import dev.javisor.event.VmState;
import dev.javisor.guest.Initramfs;
import dev.javisor.internal.config.HostMemory;
import dev.javisor.internal.machine.Platforms;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/**
 * A virtual machine in this JVM: vCPUs are threads of the process, guest RAM is its memory.
 *
 * <p>A running machine is held by its threads, as a {@link Thread} is: it runs on though nobody
 * holds this object. One that was never closed is reported in the log, with the stack of its
 * creation, once it has ended (or never booted) and is unreachable; then its resources are freed.
 * All of its threads are daemons: the JVM may end while it runs.
 *
 * <p>Threading: any thread, virtual threads included. Calls that change the state run one after
 * another; {@link #kill} and {@link #close} do not wait behind a boot that is under way, but end
 * it. Calls that wait for the guest ({@link #awaitExit}, {@link #shutdown}, {@link Console#write})
 * react to interruption with {@link InterruptedException} and leave the machine as it is; the
 * others are bounded in time, but for the disks that {@link #pause} and {@link #reset} wait for,
 * and leave the caller's interrupt flag alone.
 *
 * <p>Errors: what the state does not allow is a {@link dev.javisor.error.VmStateException}; after
 * {@link #close} that is everything but {@link #name}, {@link #state}, {@link #exit}, {@link
 * #awaitExit}, {@link #kill}, {@link #close}, {@link #counters} and reading the console.
 *
 * <p>Not meant to be implemented outside Javisor, but by mocks: methods will be added.
 */
public interface VirtualMachine extends AutoCloseable {
  /** Starts the configuration of a machine. */
  static Builder builder() {
    return new DefaultBuilder(Platforms.thisHost(), HostMemory.ofThisHost());
  }

  /** The machine's name, in logs and thread names. */
  String name();

  /** Where the machine is in its life. */
  VmState state();

  /**
   * Takes what the machine needs from the host, loads the guest and starts the vCPUs.
   *
   * @return this machine, once its vCPUs run
   * @throws dev.javisor.error.GuestBootException if it cannot; the machine is closed then
   * @throws dev.javisor.error.HypervisorUnavailableException if the host can run no machine any
   *     more; the machine is closed then
   * @throws dev.javisor.error.VmStateException if it was booted before
   */
  VirtualMachine boot();

  /**
   * Holds the vCPUs and the devices. On return none executes guest code, and what disks had under
   * way is done; {@link #kill} and {@link #close} end a wait for that. Does nothing when the
   * machine is paused; however often it was paused, one {@link #resume} lets it go on.
   *
   * <p>kvmclock and the ACPI PM timer stand still until then. The time-stamp counter and the
   * real-time clock go on: a guest that takes its time from those sees that time has passed.
   */
  void pause();

  /** Lets a paused machine go on. Does nothing when it runs. */
  void resume();

  /**
   * Reboots the guest at once, as a reset button does, whatever {@code onReset} says: that one is
   * about the guest's own wish. A paused machine runs afterwards.
   */
  void reset();

  /**
   * Presses the power button. What comes of it is up to the guest; a paused one sees it when it
   * goes on.
   */
  void powerButton();

  /**
   * Presses the power button and waits for the guest's end. A guest that does not listen to its
   * power button (a bare initramfs, say) goes on running, and {@code false} comes back; {@link
   * #close} or {@link #kill} ends it then.
   *
   * @return whether it ended in time; also true if it had ended before
   * @throws InterruptedException if the thread is interrupted while it waits; the guest keeps what
   *     it was asked
   * @throws dev.javisor.error.VmStateException if the machine is paused, not booted or closed
   */
  boolean shutdown(Duration timeout) throws InterruptedException;

  /**
   * Ends the guest at once, whatever it does, and {@link #exit} becomes {@link VmExit.Killed}.
   * Returns without waiting for that. Does nothing when it has ended; one that was not booted is
   * closed.
   */
  void kill();

  /**
   * Waits for the guest's end.
   *
   * @param timeout how long; not for ever, because a guest can hang
   * @return how it ended
   * @throws dev.javisor.error.ExitTimeoutException if it did not in time, telling what the vCPUs
   *     were doing and what the console showed last; the machine goes on
   * @throws InterruptedException if the thread is interrupted while it waits
   * @throws dev.javisor.error.VmStateException if it was not booted
   * @throws IllegalStateException if called by a listener or console consumer of this machine,
   *     which would wait for itself
   */
  VmExit awaitExit(Duration timeout) throws InterruptedException;

  /**
   * Waits until the guest is ready for what comes next: until all of these hold, or held once.
   *
   * <pre>{@code
   * vm.waitFor(Wait.console("login:"));
   * }</pre>
   *
   * @return this machine
   * @throws dev.javisor.error.WaitTimeoutException if they do not in time, telling how far each
   *     got, what the vCPUs were doing and what the console showed last; the machine goes on
   * @throws dev.javisor.error.WaitException with the same, at once, if the guest ends or hangs in a
   *     kernel panic
   * @throws InterruptedException if the thread is interrupted while it waits
   * @throws dev.javisor.error.VmStateException if it was not booted
   * @throws IllegalArgumentException if there is nothing to wait for
   * @throws IllegalStateException if called by a listener or console consumer of this machine,
   *     which would wait for itself
   */
  VirtualMachine waitFor(Wait... waits) throws InterruptedException;

  /**
   * Completes when the guest has ended, normally and never by cancellation of what is returned
   * here: each call returns a future of its own. Before it completes, console consumers have got
   * all output and listeners have been told, unless one of them blocks while the machine is closed.
   * A machine that is closed before it ended completes it with {@link VmExit.Killed}, one whose
   * boot failed with {@link VmExit.Failed}. What hangs on it runs on the machine's event thread.
   */
  CompletableFuture<VmExit> exit();

  /**
   * The guest's console: the port whose mode is {@link ConsoleMode#api()}. If none is, it shows the
   * virtio console, or the serial port if there is no virtio console, beside what that port is
   * connected to.
   */
  Console console();

  /**
   * Where the serial port is found on the host: the pseudoterminal's device, the socket, or the
   * file. Empty in the other modes, and before {@link #boot}.
   */
  Optional<Path> serialPath();

  /** Where the virtio console is found on the host: as {@link #serialPath}. */
  Optional<Path> virtioConsolePath();

  /**
   * What the vCPUs are doing right now. One that does not answer within a fraction of a second
   * counts as {@link dev.javisor.event.VcpuState#UNKNOWN}.
   */
  List<VcpuInfo> vcpus();

  /**
   * What the devices have counted since the machine was booted, by the devices' names and then by
   * the counters': {@code counters().get("rng0").get("read_bytes")}, say. Reboots do not reset
   * them. Empty before the boot; as they were last after the end. Which counters a device has is
   * not fixed for ever; latencies, whose names end in {@code _us}, are in microseconds.
   */
  Map<String, Map<String, Long>> counters();

  /** The network devices, in the order of their adding; in any state. */
  List<NetDevice> nets();

  /**
   * The network device of this name.
   *
   * @throws IllegalArgumentException if there is none, with the names that there are
   */
  NetDevice net(String id);

  /**
   * A port of this host's loopback, 127.0.0.1, that leads to a TCP port of the guest by its first
   * user-mode network, or {@linkplain dev.javisor.net.VirtualSwitch.Builder#user switch that this
   * process is on}: one that was forwarded when the machine was built, or a free one that is opened
   * now. It stays open until the machine ends, or the switch is closed; who connects before anybody
   * listens in the guest is reset: {@code waitFor(Wait.port(80))} waits for a service that takes
   * its time.
   *
   * @throws IllegalStateException if there is no {@linkplain dev.javisor.config.NetConfig#user()
   *     user-mode network} and no such switch, or the machine does not run
   * @throws IllegalArgumentException if it is no port
   */
  int port(int guestPort);

  /**
   * The URI of a page that the guest serves by HTTP, at {@link #port}.
   *
   * @param path path and query, from {@code /} on
   * @throws IllegalArgumentException if that makes no URI, or it is no port
   * @throws IllegalStateException as of {@link #port}
   */
  default URI uri(int guestPort, String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("a path from / on, not \"" + path + '"');
    }
    return URI.create("http://127.0.0.1:" + port(guestPort) + path);
  }

  /**
   * Connects to a TCP port of the guest: as {@link #connect(int, Duration)}, within 10 seconds.
   *
   * @throws dev.javisor.error.NetworkException if it cannot
   */
  default NetChannel connect(int guestPort) throws IOException {
    return connect(guestPort, Duration.ofSeconds(10));
  }

  /**
   * Connects to a TCP port of the guest by its first user-mode network, or {@linkplain
   * dev.javisor.net.VirtualSwitch.Builder#user switch that this process is on}, without a port of
   * the host. Waits until the guest has its address; but a guest where nobody listens refuses at
   * once ({@code waitFor(Wait.port(80))} waits for somebody).
   *
   * @param timeout how long to wait for the guest
   * @throws dev.javisor.error.NetworkException if it cannot, with the reason
   * @throws java.nio.channels.ClosedByInterruptException if the thread is interrupted
   * @throws IllegalStateException if there is no {@linkplain dev.javisor.config.NetConfig#user()
   *     user-mode network} and no such switch
   * @throws IllegalArgumentException if it is no port
   */
  NetChannel connect(int guestPort, Duration timeout) throws IOException;

  /**
   * Connections to the guest's ports without a network, and from there; in any state.
   *
   * @throws IllegalStateException if the machine was built without {@link Builder#vsock()}
   */
  Vsock vsock();

  /**
   * The agent in the guest: runs commands, copies files, reaches ports; in any state.
   *
   * @throws IllegalStateException if the machine was built without {@link Builder#agent()}
   */
  Agent agent();

  /**
   * Runs a command in the guest as its root, within a minute: {@code agent().exec(argv)}.
   *
   * @param argv the program, by path or by name, and its arguments; no shell takes part
   * @return also of a command that failed
   * @throws dev.javisor.error.GuestExecException if it cannot be started
   * @throws dev.javisor.error.AgentException if the guest's agent cannot be reached
   * @throws dev.javisor.error.GuestTimeoutException if the time is up; it is killed
   * @throws IllegalStateException if the machine was built without {@link Builder#agent()}
   */
  default ExecResult exec(String... argv) throws InterruptedException {
    return agent().exec(argv);
  }

  /**
   * Opens a free port on the host's loopback that leads to a TCP port of the guest, with no network
   * device: {@code agent().forward(guestPort)}.
   *
   * @param guestPort 1 to 65535; nothing need listen there yet
   * @throws IllegalStateException if the machine was built without {@link Builder#agent()}
   */
  default PortForward forward(int guestPort) {
    return agent().forward(guestPort);
  }

  /**
   * Ends the guest at once if it still runs, and gives everything back to the host. Takes about a
   * second at the most, even if a listener blocks; that one's thread is interrupted. Where a disk
   * is not done with its requests, or a backend in Java does not return, it takes up to eight
   * seconds, and a thread that is still in such code is left alone. Later calls do nothing.
   */
  @Override
  void close();

  /**
   * What a machine is made from. Only a kernel or firmware must be set. A method that is called
   * again replaces what it set before, unless it says that it adds.
   *
   * <p>Nothing is checked before {@link #build}, but that no argument is null.
   *
   * <p>Threading: one thread at a time. A builder may build several machines.
   *
   * <p>Not meant to be implemented outside Javisor, but by mocks: methods will be added.
   */
  interface Builder
      extends PayloadBuilder<Builder>, DeviceBuilder<Builder>, ConsoleBuilder<Builder> {
    /** The machine's name. Default: {@code vm-} and a random number. */
    Builder name(String name);

    /** The number of vCPUs, at least 1. Default 1. */
    Builder cpus(int count);

    /** The vCPUs and their topology. */
    Builder cpus(Consumer<? super CpuConfig> cpus);

    /**
     * The size of RAM. Default {@code 512M}.
     *
     * @param size a number, and K, M, G or T for powers of 1024; no letter means bytes
     */
    Builder memory(String size);

    /** The size of RAM in bytes, a multiple of 4 KiB and at least 1 MiB. */
    Builder memory(long bytes);

    /** The RAM and how the host backs it. */
    Builder memory(Consumer<? super MemoryConfig> memory);

    /**
     * What the guest is told about its machine by SMBIOS: serial number, UUID, OEM strings and the
     * like.
     */
    Builder platform(Consumer<? super PlatformConfig> platform);

    /**
     * Puts Javisor's agent into the guest, which runs commands there, copies files and answers for
     * its ports: {@link VirtualMachine#agent}. With it comes a vsock device, unless there is one
     * already. Default: none.
     */
    Builder agent();

    /**
     * Puts Javisor's agent into the guest.
     *
     * @param agent told at once
     */
    Builder agent(Consumer<? super AgentConfig> agent);

    /**
     * Gives everything more time that waits for the guest: the agent's calls and {@link
     * VirtualMachine#waitFor}, whoever says how long. For machines that are slow, and not by their
     * own fault. Default 1.
     *
     * @param multiplier 0.01 to 1000
     */
    Builder timeoutMultiplier(double multiplier);

    /** What to do about RAM that the host cannot hold. Default {@link MemoryFit#WARN}. */
    Builder memoryFit(MemoryFit memoryFit);

    /** What a guest's wish to be reset leads to. Default {@link OnReset#REBOOT}. */
    Builder onReset(OnReset onReset);

    /** Adds a listener. */
    Builder listener(VmListener listener);

    /**
     * Makes all threads of the machine. They must be platform threads; they get their names from
     * the machine, are made daemons, and carry the log context (MDC) of the thread that calls
     * {@link VirtualMachine#boot}. Default: {@code Thread::new}.
     */
    Builder threadFactory(ThreadFactory factory);

    /**
     * Checks everything, this host included, and makes the machine. Nothing is taken from the host
     * before {@link VirtualMachine#boot}, but a file for an {@link #initramfs(Initramfs)}.
     *
     * @throws dev.javisor.error.InvalidConfigurationException listing all mistakes
     * @throws dev.javisor.error.HypervisorUnavailableException if there is no mistake, but the host
     *     can run no machine
     */
    VirtualMachine build();
  }
}
