package dev.javisor.junit;

import dev.javisor.internal.config.MemorySize;
import java.util.Collection;

/**
 * What machines take of the host.
 *
 * @param cpus vCPUs
 * @param memory bytes of RAM
 */
record Need(int cpus, long memory) {
  static Need sum(Collection<Need> needs) {
    Need sum = new Need(0, 0);
    for (Need need : needs) {
      sum = sum.plus(need);
    }
    return sum;
  }

  Need plus(Need other) {
    return new Need(cpus + other.cpus, memory + other.memory);
  }

  Need minus(Need other) {
    return new Need(cpus - other.cpus, memory - other.memory);
  }

  /** What it takes more than the other one, of each. */
  Need beyond(Need other) {
    return new Need(Math.max(0, cpus - other.cpus), Math.max(0, memory - other.memory));
  }

  boolean isNothing() {
    return cpus == 0 && memory == 0;
  }

  boolean fitsInto(Need room) {
    return cpus <= room.cpus && memory <= room.memory;
  }

  @Override
  public String toString() {
    return "%d vCPUs and %s of RAM".formatted(cpus, MemorySize.format(memory));
  }
}
