package dev.javisor.internal.cli;

import java.io.PrintStream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Prints a script by which bash and zsh complete the program's commands and options. */
final class Completion {
  private static final String PROGRAM = "javisor";

  private Completion() {}

  static int execute(PrintStream out) {
    CommandLine program = new CommandLine(new Program());
    program.addSubcommand("run", new RunCommand(out));
    program.addSubcommand("import", new ImportCommand(new ProgressBar(out, false)));
    for (String command :
        new String[] {"demo", "test", "bench", "doctor", "lab", "kernel", "completion"}) {
      program.addSubcommand(command, new Program());
    }
    out.print(AutoComplete.bash(PROGRAM, program));
    return ExitStatus.OK;
  }

  @Command(name = PROGRAM)
  private static final class Program {}
}
