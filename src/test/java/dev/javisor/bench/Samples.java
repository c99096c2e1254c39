package dev.javisor.bench;

import java.util.Arrays;
import java.util.List;

/** What was measured of one subject, a value a round, and what is said of it. */
public final class Samples {
  private double[] values = {};

  /** Adds the value of a round. */
  public void add(double value) {
    values = Arrays.copyOf(values, values.length + 1);
    values[values.length - 1] = value;
    Arrays.sort(values);
  }

  /** All of them, from the smallest on. */
  public List<Double> values() {
    return Arrays.stream(values).boxed().toList();
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return values.length == 0;
  }

  /** The middle one, or the mean of the two in the middle. */
  public double median() {
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }

  /** The smallest. */
  public double least() {
    return values[0];
  }

  /** The greatest. */
  public double most() {
    return values[values.length - 1];
  }
}
