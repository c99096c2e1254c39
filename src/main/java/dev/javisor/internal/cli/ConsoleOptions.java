package dev.javisor.internal.cli;

import dev.javisor.VirtualMachine;
import dev.javisor.config.ConsoleMode;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where the guest's consoles go. Cloud Hypervisor's names and modes. */
final class ConsoleOptions {
  private static final String SERIAL = "--serial";
  private static final String CONSOLE = "--console";
  private static final String TTY = "tty";
  private static final String FILE = "file";
  private static final String SOCKET = "socket";
  private static final String LABEL = "off|null|tty|pty|file=FILE|socket=FILE";

  @Option(
      names = SERIAL,
      paramLabel = LABEL,
      completionCandidates = Modes.class,
      description = "where the serial port goes, the guest's ttyS0; default: null")
  private @Nullable String serial;

  @Option(
      names = CONSOLE,
      paramLabel = LABEL,
      completionCandidates = Modes.class,
      description =
          "where the virtio console goes, the guest's hvc0; default: tty, or off with --serial tty")
  private @Nullable String console;

  /**
   * Tells the builder.
   *
   * @param terminal where the output of the console goes that has the terminal
   * @throws IllegalArgumentException naming the option and the word that is wrong
   */
  void apply(VirtualMachine.Builder builder, PrintStream terminal) {
    if (serial().equals(TTY) && console().equals(TTY)) {
      throw new IllegalArgumentException(
          "%s tty and %s tty: there is one terminal; give the other another mode"
              .formatted(SERIAL, CONSOLE));
    }
    builder.serial(mode(SERIAL, serial())).virtioConsole(mode(CONSOLE, console()));
    if (takesTerminal()) {
      builder.consoleOutput(terminal);
    }
  }

  /** Whether one of the consoles has the terminal. */
  boolean takesTerminal() {
    return serial().equals(TTY) || console().equals(TTY);
  }

  private String serial() {
    return serial == null ? "null" : serial;
  }

  private String console() {
    return console != null ? console : serial().equals(TTY) ? "off" : TTY;
  }

  private static ConsoleMode mode(String option, String text) {
    int equals = text.indexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    boolean takesFile = name.equals(FILE) || name.equals(SOCKET);
    List<String> modes = new Modes();
    if (!modes.contains(name)) {
      throw new IllegalArgumentException(
          "%s has no mode '%s'%s It knows %s"
              .formatted(option, name, Nearest.hint(name, modes), String.join(", ", modes)));
    }
    if (takesFile != equals >= 0 || text.endsWith("=")) {
      throw new IllegalArgumentException(
          takesFile
              ? "%s: %s needs a path: %s=FILE".formatted(option, name, name)
              : "%s: %s takes nothing: %s".formatted(option, name, text));
    }
    return switch (name) {
      case "off" -> ConsoleMode.off();
      case TTY -> ConsoleMode.api();
      case "pty" -> ConsoleMode.pty();
      case FILE -> ConsoleMode.file(Path.of(text.substring(equals + 1)));
      case SOCKET -> ConsoleMode.socket(Path.of(text.substring(equals + 1)));
      default -> ConsoleMode.none();
    };
  }

  /** What a console may be connected to. */
  static final class Modes extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Modes() {
      super(List.of("off", "null", TTY, "pty", FILE, SOCKET));
    }
  }
}
