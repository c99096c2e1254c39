package dev.javisor.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;

/** Runs {@code run} with options. */
abstract class RunOptionsFixture {
  final MainCalls main = new MainCalls();

  int run(String... args) {
    return main.run(args);
  }

  /** Runs with a kernel, although none is there, and expects that the words are refused. */
  void wrong(String... options) {
    assertEquals(ExitStatus.USAGE, main.run(withKernel(options)));
  }

  /** Runs with a kernel, although none is there, and expects that the machine cannot be had. */
  void impossible(String... options) {
    assertEquals(ExitStatus.ERROR, main.run(withKernel(options)));
  }

  static String[] withKernel(String... options) {
    List<String> words = new ArrayList<>(List.of("run", "--kernel", "k"));
    words.addAll(List.of(options));
    return words.toArray(new String[0]);
  }
}
