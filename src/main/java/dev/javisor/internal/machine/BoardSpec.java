package dev.javisor.internal.machine;

import dev.javisor.internal.smbios.SmbiosConfig;

/**
 * What a machine's board has, beside what every board has.
 *
 * @param smbios what the guest is told about its machine
 * @param watchdog whether there is a watchdog
 */
public record BoardSpec(SmbiosConfig smbios, boolean watchdog) {
  /** A board of which nothing was said. */
  public static final BoardSpec DEFAULT = new BoardSpec(SmbiosConfig.DEFAULT, false);
}
