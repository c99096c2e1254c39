package dev.javisor.testing.microguest;

/** The conditions of conditional jumps: SDM vol. 1, appendix B. */
public enum Condition {
  BELOW(2),
  ABOVE_OR_EQUAL(3),
  EQUAL(4),
  NOT_EQUAL(5),
  LESS(12);

  final int code;

  Condition(int code) {
    this.code = code;
  }
}
