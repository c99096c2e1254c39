package dev.javisor.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles the examples, which are no part of the build of the tests. */
public final class ExampleClasses {
  private static final Path SOURCES = Path.of("examples/src");

  private ExampleClasses() {}

  /** The source files of all examples. */
  public static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  /**
   * Compiles all of them, and others.
   *
   * @throws AssertionError with the compiler's words if they do not compile
   */
  public static void compile(Path classes, Path... others) throws IOException {
    List<Path> all = new ArrayList<>(sources());
    all.addAll(List.of(others));
    compileOnly(classes, all);
  }

  /**
   * Compiles some files.
   *
   * @throws AssertionError with the compiler's words if they do not compile
   */
  public static void compileOnly(Path classes, List<Path> sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of(
              "--release",
              "17",
              "-proc:none",
              "-d",
              classes.toString(),
              "-cp",
              System.getProperty("java.class.path"));
      if (!compiler
          .getTask(messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
          .call()) {
        throw new AssertionError(messages.toString());
      }
    }
  }
}
