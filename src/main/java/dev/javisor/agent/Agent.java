package dev.javisor.agent;

import java.nio.channels.ByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The agent in a guest: runs commands, copies files, tells facts and connects to ports, without a
 * network.
 *
 * <pre>{@code
 * String kernel = vm.agent().exec("uname", "-r").requireSuccess().stdout();
 * vm.agent().write("/etc/app.conf", "workers = 4\n");
 * vm.agent().copyOut("/var/log", Path.of("target/guest-logs"));
 * }</pre>
 *
 * <p>Each call waits for an agent that is not there yet, within the call's own time. Durations are
 * multiplied by the machine's timeout multiplier.
 *
 * <p>Errors: every call can end with an {@link dev.javisor.error.AgentException} at once when the
 * guest ends, reboots or hangs: an agent that does not answer for 30 seconds in which the machine
 * ran counts as lost. A {@link dev.javisor.error.GuestTimeoutException} says that the call's time
 * is up. An interrupted call is given up: its command is killed.
 *
 * <p>At most 512 calls are under way at a time, each connection through a {@link PortForward} being
 * one; further ones wait for their turn within their time.
 *
 * <p>Paths in the guest are its own, from {@code /} on; text stands for its UTF-8 bytes. Files are
 * accessed as the guest's root.
 *
 * <p>Threading: any thread. Each call blocks its caller.
 *
 * <p>Not meant to be implemented outside Javisor, but by mocks: methods will be added.
 */
public interface Agent {
  /** Whether the agent is there: it has said so, and answers. */
  boolean ready();

  /**
   * Waits for the agent.
   *
   * @throws dev.javisor.error.AgentException if none is there in time (NOT_PRESENT), or one of
   *     another version (VERSION), or the machine has ended (LOST)
   * @throws InterruptedException if the thread is interrupted
   */
  void awaitReady(Duration timeout) throws InterruptedException;

  /**
   * Runs a command as root, without input, for one minute at most: {@link #command} with all
   * defaults.
   *
   * @param argv the program, by path or by name, and its arguments; no shell takes part
   * @return also of a command that failed
   * @throws dev.javisor.error.GuestExecException if it cannot be started
   * @throws dev.javisor.error.GuestTimeoutException after a minute; it is killed
   * @throws dev.javisor.error.OutputLimitException after 16 MiB of output; it is killed
   * @throws InterruptedException if the thread is interrupted; the command is killed
   */
  ExecResult exec(String... argv) throws InterruptedException;

  /**
   * A command that is set up step by step.
   *
   * @param argv the program, by path or by name, and its arguments; no shell takes part
   */
  Command command(String... argv);

  /**
   * Copies a file, a link or a tree into the guest, in 10 minutes at most: {@link #copyIn(Path,
   * String, Consumer)} with all defaults.
   *
   * @param host what to copy
   * @param guest the path that it gets, not the folder above that; missing folders above it are
   *     made
   * @throws dev.javisor.error.GuestFileException if a file cannot be read or written
   * @throws InterruptedException if the thread is interrupted; the copy stands half done
   */
  CopySummary copyIn(Path host, String guest) throws InterruptedException;

  /**
   * Copies a file, a link or a tree into the guest. Modes, times of change and links are kept, the
   * latter as links wherever they lead. Existing folders are merged, existing files replaced at
   * once; everything belongs to root unless {@link CopyConfig#owner} says otherwise. FIFOs, sockets
   * and devices are left out and reported.
   *
   * @param host what to copy
   * @param guest the path that it gets; missing folders above it are made
   * @param config told before the copy begins
   * @throws dev.javisor.error.GuestFileException if a file cannot be read or written
   * @throws dev.javisor.error.GuestTimeoutException if its time is up
   * @throws InterruptedException if the thread is interrupted; the copy stands half done
   */
  CopySummary copyIn(Path host, String guest, Consumer<? super CopyConfig> config)
      throws InterruptedException;

  /**
   * Copies a file, a link or a tree out of the guest, in 10 minutes at most: {@link
   * #copyOut(String, Path, Consumer)} with all defaults.
   *
   * @param guest what to copy
   * @param host the path that it gets, not the folder above that, which must exist
   * @throws dev.javisor.error.GuestFileException if a file cannot be read or written
   * @throws InterruptedException if the thread is interrupted; the copy stands half done
   */
  CopySummary copyOut(String guest, Path host) throws InterruptedException;

  /**
   * Copies a file, a link or a tree out of the guest, as {@link #copyIn} does the other way round;
   * everything belongs to this process's user.
   *
   * <p>Nothing is written outside {@code host}, whatever the guest sends. Links are copied as they
   * are: who reads the copy of a guest that is not trusted should not follow them.
   *
   * @param guest what to copy
   * @param host the path that it gets; the folder above it must exist
   * @param config told before the copy begins
   * @throws dev.javisor.error.GuestFileException if a file cannot be read or written
   * @throws dev.javisor.error.GuestTimeoutException if its time is up
   * @throws InterruptedException if the thread is interrupted; the copy stands half done
   */
  CopySummary copyOut(String guest, Path host, Consumer<? super CopyConfig> config)
      throws InterruptedException;

  /**
   * Reads a file of 64 MiB at most, within a minute. Links are followed.
   *
   * @throws dev.javisor.error.GuestFileException if it cannot be read; {@code EFBIG} if it is
   *     longer
   * @throws InterruptedException if the thread is interrupted
   */
  byte[] read(String path) throws InterruptedException;

  /**
   * Reads a file as {@link #read} does, as UTF-8; what is none becomes U+FFFD.
   *
   * @throws dev.javisor.error.GuestFileException if it cannot be read; {@code EFBIG} if it is
   *     longer
   * @throws InterruptedException if the thread is interrupted
   */
  String readText(String path) throws InterruptedException;

  /**
   * Writes a file of mode 0644, in the place of an existing one, within a minute; missing folders
   * above it are made.
   *
   * @throws dev.javisor.error.GuestFileException if it cannot be written; the file there is then as
   *     it was
   * @throws InterruptedException if the thread is interrupted
   */
  void write(String path, byte[] content) throws InterruptedException;

  /**
   * Writes a file as {@link #write(String, byte[])} does, in UTF-8.
   *
   * @throws dev.javisor.error.GuestFileException if it cannot be written; the file there is then as
   *     it was
   * @throws InterruptedException if the thread is interrupted
   */
  void write(String path, String content) throws InterruptedException;

  /**
   * What the guest says of itself, right now; within a minute.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  GuestFacts facts() throws InterruptedException;

  /**
   * Opens a free port on the host's loopback that leads to a TCP port in the guest: {@link
   * #forward(int, int)} with host port 0.
   */
  PortForward forward(int guestPort);

  /**
   * Opens a port on the host's loopback, 127.0.0.1, whose connections lead to a TCP port of the
   * guest's loopback, until it is closed or the machine ends. The guest needs no network device,
   * and need not listen yet: a connection that its service refuses is reset.
   *
   * @param hostPort the port on the host, or 0 for any free one
   * @throws dev.javisor.error.InvalidConfigurationException if the host's port is taken, or may not
   *     be had
   * @throws IllegalArgumentException if a port is none
   */
  PortForward forward(int hostPort, int guestPort);

  /**
   * Connects to a TCP port of the guest's loopback: 127.0.0.1, or else ::1.
   *
   * @param timeout how long to wait for the agent and the port's answer; not for reads and writes
   * @return a blocking channel; a close or an interrupt ends its reads and writes
   * @throws dev.javisor.error.GuestConnectException if nobody listens there
   * @throws InterruptedException if the thread is interrupted
   */
  ByteChannel connect(int guestPort, Duration timeout) throws InterruptedException;
}
