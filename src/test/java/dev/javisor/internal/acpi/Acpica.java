package dev.javisor.internal.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The tools of ACPICA, the interpreter that Linux has in its kernel: {@code iasl} and {@code
 * acpiexec}. A machine without them fails the test.
 */
final class Acpica {
  private static final int TIMEOUT_SECONDS = 60;

  private final Path folder;

  Acpica(Path folder) {
    this.folder = folder;
  }

  /** Disassembles a table; fails unless iasl did without complaint. */
  String disassemble(byte[] table) {
    try {
      Files.write(folder.resolve("table.dat"), table);
      // Legacy operators: C-like ones would be compiled to fewer bytes than they came from.
      String said = run("iasl", "-dl", "table.dat");
      if (said.contains("Error") || said.contains("Warning") || said.contains("Invalid")) {
        fail("iasl complains of the table:\n" + said);
      }
      return Files.readString(folder.resolve("table.dsl"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError("cannot disassemble", e);
    }
  }

  /** Compiles source code; fails if iasl has an error or a warning to report. */
  byte[] compile(String source) {
    try {
      Files.writeString(folder.resolve("again.dsl"), source, StandardCharsets.ISO_8859_1);
      // Names as they stand: iasl would shorten paths.
      String said = run("iasl", "-on", "-p", "again", "again.dsl");
      if (said.contains("Error ") || said.contains("Warning ")) {
        fail("iasl complains of what it disassembled:\n" + said);
      }
      return Files.readAllBytes(folder.resolve("again.aml"));
    } catch (IOException e) {
      throw new AssertionError("cannot compile", e);
    }
  }

  /**
   * Loads a DSDT into the interpreter and runs commands of its debugger there.
   *
   * @param memory what every byte of every operation region holds
   */
  String execute(byte[] dsdt, int memory, String... commands) {
    try {
      Files.write(folder.resolve("dsdt.aml"), dsdt);
      String said =
          run("acpiexec", "-fv", "" + memory, "-b", String.join(";", commands), "dsdt.aml");
      // Version 20250404 counts memory of its own as lost at its end, whoever compiled the table.
      boolean complains =
          said.lines()
              .filter(line -> !line.contains("Outstanding cache allocations"))
              .anyMatch(line -> line.matches(".*(Error|Warning|failed).*"));
      if (complains) {
        fail("acpiexec complains:\n" + said);
      }
      return said;
    } catch (IOException e) {
      throw new AssertionError("cannot execute", e);
    }
  }

  /** A table without what a compiler signs with: checksum, its name and its version. */
  static byte[] withoutCompiler(byte[] table) {
    byte[] copy = table.clone();
    copy[9] = 0;
    Arrays.fill(copy, 28, 36, (byte) 0);
    return copy;
  }

  private String run(String... command) throws IOException {
    Path output = folder.resolve("output.txt");
    try {
      Process process = start(command, output);
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        fail(command[0] + " did not end within a minute");
      }
      String said = Files.readString(output, StandardCharsets.ISO_8859_1);
      assertEquals(0, process.exitValue(), said);
      return said;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private Process start(String[] command, Path output) {
    try {
      return new ProcessBuilder(command)
          .directory(folder.toFile())
          .redirectErrorStream(true)
          .redirectOutput(output.toFile())
          .start();
    } catch (IOException e) {
      throw new AssertionError(command[0] + " does not run: install the package acpica-tools", e);
    }
  }
}
