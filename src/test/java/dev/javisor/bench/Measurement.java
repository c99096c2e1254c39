package dev.javisor.bench;

import java.io.IOException;

/** Something that can be measured. */
public interface Measurement {
  /** The name by which it is chosen. */
  String name();

  /** What it measures, in a line. */
  String description();

  /** Measures; all subjects take turns, round by round, so that a busy host hits them alike. */
  Result run(Workbench bench) throws IOException, InterruptedException;
}
