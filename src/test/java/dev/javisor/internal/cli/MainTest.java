package dev.javisor.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  private static final int NO_RAM = 0x7ffff000;

  private final MainCalls main = new MainCalls();

  @ParameterizedTest
  @ValueSource(strings = {"help", "--help", "-h", "doctor --help", "fetch-kernel -h"})
  void shouldListItsCommands_whenAskedForHelp(String words) {
    assertEquals(ExitStatus.OK, main.run(words.split(" ")));

    assertTrue(main.out().contains("fetch-kernel      "), main.out());
  }

  @Test
  void shouldNameTheWord_whenItIsNoCommand() {
    assertEquals(ExitStatus.USAGE, main.run("rum"));

    assertTrue(main.err().contains("no command is called rum"), main.err());
  }

  @Test
  void shouldNameTheWord_whenACommandTakesNone() {
    for (String command : List.of("doctor", "probe", "fetch-kernel", "completion", "--version")) {
      assertEquals(ExitStatus.USAGE, main.run(command, "--nosuch"));

      assertTrue(main.err().contains(command + " takes nothing: --nosuch"), main.err());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-V", "version", "run --version", "run -V"})
  void shouldTellItsVersion_whenAsked(String words) {
    assertEquals(ExitStatus.OK, main.run(words.split(" ")));

    assertTrue(main.out().matches("javisor \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\s+"), main.out());
  }

  @Test
  void shouldSayWhy_whenTheGuestEndsAsNobodyWanted(@TempDir Path folder) {
    MicroGuest unrunnable = MicroGuest.kernelCode(a -> a.cmpxchg16b(Mem.at(NO_RAM)));
    MicroGuest faulting = MicroGuest.code(a -> a.ud2()).withoutTraps();
    MicroGuest good = MicroGuest.code(a -> a.powerOff());

    assertEquals(ExitStatus.ERROR, boot(folder, unrunnable));
    assertTrue(main.err().contains("could not run the guest on: KVM_EXIT_"), main.err());
    assertEquals(ExitStatus.TRIPLE_FAULT, boot(folder, faulting));
    assertTrue(main.err().contains("the guest ended by a triple fault: vCPU 0 at"), main.err());
    String before = main.err();
    assertEquals(ExitStatus.OK, boot(folder, good));
    assertEquals(before, main.err());
  }

  private int boot(Path folder, MicroGuest guest) {
    Path kernel = guest.write(folder.resolve("kernel"));
    return main.run("run", "--kernel", kernel.toString(), "--console", "off");
  }

  @Test
  void shouldCompleteEachOption() {
    assertEquals(ExitStatus.OK, main.run("run", "--help"));
    List<String> options =
        main.out().lines().map(String::strip).filter(line -> line.startsWith("--")).toList();

    assertEquals(ExitStatus.OK, main.run("completion"));

    assertTrue(options.size() > 15, options.toString());
    for (String option : options) {
      String name = option.split("[=\\[ ]", 2)[0];
      assertTrue(main.out().contains("'" + name + "'"), name + " in " + main.out());
    }
  }
}
