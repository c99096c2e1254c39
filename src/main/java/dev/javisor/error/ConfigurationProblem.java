package dev.javisor.error;

/**
 * One mistake in the configuration of a virtual machine.
 *
 * <pre>{@code
 * void explain(InvalidConfigurationException e) {
 *   for (ConfigurationProblem problem : e.problems()) {
 *     System.err.println(problem.field() + " = " + problem.value() + ": " + problem.hint());
 *   }
 * }
 * }</pre>
 */
public interface ConfigurationProblem {
  /** The builder's method that took the value, such as {@code memory}. */
  String field();

  /** The value as it was given, or {@code unset}. */
  String value();

  /** What is wrong with it, and what would be right. */
  String hint();
}
