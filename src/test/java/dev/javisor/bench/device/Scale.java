package dev.javisor.bench.device;

/** What a load's speed is told in. */
enum Scale {
  /** Microseconds a request; less is better. */
  MICROS("us"),
  /** Thousands of requests a second. */
  THOUSANDS("thousands a second"),
  /** Millions of bytes a second. */
  MEGABYTES("MB/s");

  final String unit;

  Scale(String unit) {
    this.unit = unit;
  }

  boolean lessIsBetter() {
    return this == MICROS;
  }

  double of(double bytesPerSecond, int bytes) {
    return switch (this) {
      case MICROS -> bytes * 1e6 / bytesPerSecond;
      case THOUSANDS -> bytesPerSecond / bytes / 1e3;
      case MEGABYTES -> bytesPerSecond / 1e6;
    };
  }
}
