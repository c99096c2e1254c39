package dev.javisor.internal.packages;

import java.util.Locale;

/** The distributions whose packages can be fetched. */
public enum Distribution {
  /** Debian. */
  DEBIAN("debian-archive-keyring.gpg", "stable"),
  /** Ubuntu. */
  UBUNTU("ubuntu-archive-keyring.gpg", "noble");

  private final String keyring;
  private final String suite;

  Distribution(String keyring, String suite) {
    this.keyring = keyring;
    this.suite = suite;
  }

  /** Its name in os-release(5) and in paths. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The file name of its keys below /usr/share/keyrings. */
  String keyring() {
    return keyring;
  }

  /** The release to take on a machine that has another distribution. */
  String suite() {
    return suite;
  }
}
