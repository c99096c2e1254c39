package dev.javisor.testing.suite;

import org.junit.platform.engine.UniqueId;

/** JUnit's unique ids, in the form in which discovered and executed ones can be compared. */
final class SuiteIds {

  private SuiteIds() {}

  /**
   * Drops what only execution adds in the middle of an id: the invocations of a parameterized
   * class. Those of a parameterized method stand at the end, below the method, and stay.
   */
  static String normalise(String id) {
    UniqueId result = null;
    for (UniqueId.Segment segment : UniqueId.parse(id).getSegments()) {
      if (result == null) {
        result = UniqueId.root(segment.getType(), segment.getValue());
      } else if (!segment.getType().equals("class-template-invocation")) {
        result = result.append(segment);
      }
    }
    return result == null ? id : result.toString();
  }

  /** Whether {@code id} is {@code ancestor} itself or lies below it. */
  static boolean isAtOrBelow(String id, String ancestor) {
    return id.equals(ancestor) || id.startsWith(ancestor + "/");
  }
}
