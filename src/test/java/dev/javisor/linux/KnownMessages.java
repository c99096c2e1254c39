package dev.javisor.linux;

import java.util.List;

/**
 * Messages of Debian's kernel that look like complaints and are none of our doing. Each stands here
 * with its reason.
 */
final class KnownMessages {
  private static final List<String> HARMLESS =
      List.of(
          // States what it will do if there ever is a bug to report.
          "if necessary, use \"pci=nocrs\" and report a bug",
          // Says that an option is off.
          "Early table checksum verification disabled",
          // The kernel's way to say that an arithmetic self-test passed.
          "alg: self-tests",
          // X.509 certificates are built into Debian's kernel.
          "Blacklisted",
          // There are no SMBIOS tables.
          "DMI not present or invalid",
          // The mitigation's own report.
          "Speculative",
          "Spectre",
          "Mitigation");

  private KnownMessages() {}

  static boolean isHarmless(String line) {
    return HARMLESS.stream().anyMatch(line::contains);
  }
}
