package dev.javisor.internal.agent;

import java.time.Duration;

/** What callers may not say. */
final class Checks {
  private static final int LAST_PORT = 65535;

  private Checks() {}

  static String noNul(String what, String text) {
    if (text.indexOf(0) >= 0) {
      throw new IllegalArgumentException(what + " with a NUL: " + text.replace('\0', '␀'));
    }
    return text;
  }

  /** A path in the guest. */
  static String path(String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException(
          "a path in the guest goes from / on, and this does not: \"" + path + '"');
    }
    return noNul("a path", path);
  }

  static Duration positive(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("a timeout that is not positive: " + timeout);
    }
    return timeout;
  }

  static int port(int port) {
    if (port < 1 || port > LAST_PORT) {
      throw new IllegalArgumentException("no TCP port: %d; 1 to 65535".formatted(port));
    }
    return port;
  }

  /** A port of the host, where 0 stands for any. */
  static int hostPort(int port) {
    if (port < 0 || port > LAST_PORT) {
      throw new IllegalArgumentException("no port: %d; 0 to 65535".formatted(port));
    }
    return port;
  }
}
