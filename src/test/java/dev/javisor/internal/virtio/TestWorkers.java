package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.QueueWorkers;
import java.util.List;

/** Workers of a test, whose doorbells it can ring as a guest's write does. */
public interface TestWorkers extends QueueWorkers {
  /**
   * A guest writes here.
   *
   * @return whether a worker listens, so that the write does not reach the device
   */
  boolean ring(long gpa, int size);

  /** Where workers listen. */
  List<Long> addresses();

  /** Gets done what has to be done, as far as this is up to the test. */
  void run();
}
