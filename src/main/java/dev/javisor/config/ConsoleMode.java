package dev.javisor.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a console port of a machine (the serial port, or the virtio console) is connected to.
 * Immutable. What a mode needs of the host is checked by {@code build()} and taken at boot; it is
 * given back at the end.
 *
 * <pre>{@code
 * builder
 *     .serial(ConsoleMode.file(Path.of("boot.log")))
 *     .virtioConsole(ConsoleMode.socket(Path.of("console.sock")));
 * }</pre>
 *
 * <p>Output never holds the guest up. It is kept, 1 MiB of it, until it can be written; of what is
 * more the oldest goes, and a line tells how much. Input waits until the guest takes it.
 */
public final class ConsoleMode {
  /** The kinds of modes. */
  public enum Kind {
    /** See {@link ConsoleMode#off}. */
    OFF,
    /** See {@link ConsoleMode#none}. */
    NONE,
    /** See {@link ConsoleMode#api}. */
    API,
    /** See {@link ConsoleMode#file}. */
    FILE,
    /** See {@link ConsoleMode#pty}. */
    PTY,
    /** See {@link ConsoleMode#socket}. */
    SOCKET
  }

  private final Kind kind;
  private final @Nullable Path path;

  private ConsoleMode(Kind kind, @Nullable Path path) {
    this.kind = kind;
    this.path = path;
  }

  /** The machine has no such port. */
  public static ConsoleMode off() {
    return new ConsoleMode(Kind.OFF, null);
  }

  /** The port is there, and nothing is connected to it. */
  public static ConsoleMode none() {
    return new ConsoleMode(Kind.NONE, null);
  }

  /** The port is the machine's {@code console()}. One port can be. */
  public static ConsoleMode api() {
    return new ConsoleMode(Kind.API, null);
  }

  /**
   * Output goes to a file, which is created, or emptied, when the machine boots; there is no input.
   */
  public static ConsoleMode file(Path file) {
    return new ConsoleMode(Kind.FILE, Objects.requireNonNull(file, "file"));
  }

  /**
   * A pseudoterminal, whose path the machine tells once it runs: {@code screen /dev/pts/7}. It is
   * raw, clients may come late, leave, and come again; output waits for them.
   */
  public static ConsoleMode pty() {
    return new ConsoleMode(Kind.PTY, null);
  }

  /**
   * A Unix stream socket that listens: {@code socat - UNIX-CONNECT:vm.sock}. It serves one client
   * at a time; the next one waits for that one to leave, output waits for the first. A socket file
   * that nobody listens on any more is replaced; at the end the file is removed.
   *
   * @param socket at most 107 bytes long
   */
  public static ConsoleMode socket(Path socket) {
    return new ConsoleMode(Kind.SOCKET, Objects.requireNonNull(socket, "socket"));
  }

  /** The kind of this mode. */
  public Kind kind() {
    return kind;
  }

  /** The file or socket. */
  public Optional<Path> path() {
    return Optional.ofNullable(path);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ConsoleMode mode
        && kind == mode.kind
        && Objects.equals(path, mode.path);
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, path);
  }

  /** As Cloud Hypervisor's command line has it, such as {@code file=/tmp/log}. */
  @Override
  public String toString() {
    String name =
        switch (kind) {
          case OFF -> "off";
          case NONE -> "null";
          case API -> "api";
          case FILE -> "file";
          case PTY -> "pty";
          case SOCKET -> "socket";
        };
    return path == null ? name : name + "=" + path;
  }
}
