package dev.javisor.internal.agent.program;

import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;

/** The agent as a process of this machine; it ends with this one. */
public final class AgentProgram implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final Path socket;

  private AgentProgram(Process process, Path socket) {
    this.process = process;
    this.socket = socket;
  }

  /** Unpacks the program that the build has put beside the classes. */
  static Path unpack(Path folder) throws IOException {
    Path program = folder.resolve("agent");
    try (InputStream bytes =
        AgentProgram.class.getResourceAsStream("/dev/javisor/internal/agent/agent-x86_64")) {
      Assertions.assertNotNull(bytes, "the build has made the agent");
      Files.copy(bytes, program);
    }
    Files.setPosixFilePermissions(
        program, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    return program;
  }

  /** Starts it, by a command such as a shell that sets a limit first where one is given. */
  public static AgentProgram start(Path folder, String... prefix) throws Exception {
    Path program = unpack(folder);
    Path socket = folder.resolve("socket");
    List<String> command = new ArrayList<>(List.of(prefix));
    command.addAll(List.of(program.toString(), "--unix", socket.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .start();
    AgentProgram agent = new AgentProgram(process, socket);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!agent.listens()) {
      Assertions.assertTrue(process.isAlive(), "the agent has ended");
      Assertions.assertTrue(System.nanoTime() < deadline, "the agent does not listen");
      Thread.sleep(10);
    }
    return agent;
  }

  private boolean listens() {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return channel.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  AgentPeer connect() throws IOException {
    return new AgentPeer(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
  }

  Process process() {
    return process;
  }

  public Path socket() {
    return socket;
  }

  /** What the agent has started and not seen the end of. */
  public Set<ProcessHandle> descendants() {
    return Set.copyOf(process.descendants().toList());
  }

  static boolean isRoot() throws IOException {
    return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
  }

  static int uid() throws IOException {
    return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  static int gid() throws IOException {
    return (int) Files.getAttribute(Path.of("/proc/self"), "unix:gid");
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("the agent outlives its standard input");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
