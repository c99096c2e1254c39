package dev.javisor.error;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A virtual machine's configuration has mistakes. All of them are listed.
 *
 * <pre>{@code
 * try {
 *   builder.build();
 * } catch (InvalidConfigurationException e) { // all mistakes at once
 *   e.problems().forEach(problem -> System.err.println(problem.field() + ": " + problem.hint()));
 * }
 * }</pre>
 */
public final class InvalidConfigurationException extends JavisorException {
  private static final long serialVersionUID = 1L;

  private final transient List<ConfigurationProblem> problems;

  /**
   * @param problems the mistakes, at least one
   */
  public InvalidConfigurationException(List<? extends ConfigurationProblem> problems) {
    super(describe(problems), null);
    this.problems = List.copyOf(problems);
  }

  /** The mistakes, in the order of the builder's methods. */
  public List<ConfigurationProblem> problems() {
    return problems;
  }

  private static String describe(List<? extends ConfigurationProblem> problems) {
    String head =
        problems.size() == 1
            ? "the configuration has a mistake:"
            : "the configuration has " + problems.size() + " mistakes:";
    return problems.stream()
        .map(p -> "\n  %s = %s: %s".formatted(p.field(), p.value(), p.hint()))
        .collect(Collectors.joining("", head, ""));
  }
}
