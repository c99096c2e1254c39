package dev.javisor.internal.legacy;

/**
 * What firmware reads from CMOS RAM about the machine.
 *
 * @param ramBelow4Gib RAM below the 32-bit hole, in bytes
 * @param ramAbove4Gib RAM from 4 GiB on, in bytes
 */
public record CmosConfig(long ramBelow4Gib, long ramAbove4Gib) {
  public CmosConfig {
    if (ramBelow4Gib < 0 || ramAbove4Gib < 0) {
      throw new IllegalArgumentException(
          "RAM sizes must not be negative: %d and %d".formatted(ramBelow4Gib, ramAbove4Gib));
    }
  }
}
