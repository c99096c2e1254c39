package dev.javisor.bench;

/**
 * A line of a result.
 *
 * @param subject whose figure it is
 * @param samples the values; none where the subject could not be measured
 * @param remark what is to be said of it, or empty
 */
public record Figure(String subject, Samples samples, String remark) {
  /** A line without values yet. */
  public static Figure of(String subject) {
    return new Figure(subject, new Samples(), "");
  }

  /** Whether it is about Javisor, not about what Javisor is compared with. */
  boolean ours() {
    return subject.contains("avisor");
  }

  /** The same line with something said of it. */
  public Figure withRemark(String text) {
    return new Figure(subject, samples, text);
  }
}
