package dev.javisor.bench.device;

import dev.javisor.bench.Measurement;

/** A load on a device, borne by Javisor and its peers by turns. */
interface Load extends Measurement {
  /** What the speed is told in. */
  Scale scale();

  /** How many times the figure of its {@link #rival} Javisor's is to be. */
  double goal();

  /** What is borne. */
  Workload load();

  /** Whose figure the goal is about. */
  String rival();
}
