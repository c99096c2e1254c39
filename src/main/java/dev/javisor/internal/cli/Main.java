package dev.javisor.internal.cli;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/** The program behind {@code ./javisor}. */
public final class Main {
  private static final String USAGE =
      """
      usage: javisor run [OPTION...]   start a virtual machine; run --help lists the options
             javisor import            make a disk of a folder, an archive or an image; import --help
             javisor doctor            tell what this host can do
             javisor probe             exit status 0 if a stock Linux kernel can run here
             javisor fetch-kernel      download Debian's kernel and busybox, for use without a network
             javisor fetch-firmware    download EDK2's firmware for machines like ours, and print its path
             javisor completion        print what makes bash and zsh complete options
             javisor --version         tell the version
      """;

  private static final List<String> HELP = List.of("help", "--help", "-h");
  private static final List<String> VERSION = List.of("version", "--version", "-V");

  private Main() {}

  /**
   * Runs a command and ends the JVM with its {@link ExitStatus}.
   *
   * @param args the command and what it takes
   */
  public static void main(String[] args) {
    System.exit(run(System.out, System.err, args));
  }

  static int run(PrintStream out, PrintStream err, String... args) {
    String command = args.length == 0 ? "help" : args[0];
    String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
    if (command.equals("run")) {
      return RunCommand.execute(out, err, rest);
    }
    if (command.equals("import")) {
      return ImportCommand.execute(out, err, rest);
    }
    if (HELP.contains(command) || rest.length > 0 && HELP.contains(rest[0])) {
      out.print(USAGE);
      return ExitStatus.OK;
    }
    if (rest.length > 0) {
      err.println("javisor: %s takes nothing: %s".formatted(command, rest[0]));
      return ExitStatus.USAGE;
    }
    return execute(VERSION.contains(command) ? "version" : command, out, err);
  }

  private static int execute(String command, PrintStream out, PrintStream err) {
    return switch (command) {
      case "doctor" -> Doctor.execute(out);
      case "probe" -> Doctor.probe(out);
      case "fetch-kernel" -> FetchKernel.execute(out, err);
      case "fetch-firmware" -> FetchFirmware.execute(out, err);
      case "completion" -> Completion.execute(out);
      case "version" -> RunCommand.execute(out, err, "--version");
      default -> {
        err.println("javisor: no command is called " + command);
        err.print(USAGE);
        yield ExitStatus.USAGE;
      }
    };
  }
}
