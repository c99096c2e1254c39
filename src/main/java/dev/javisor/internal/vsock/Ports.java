package dev.javisor.internal.vsock;

import org.jspecify.annotations.Nullable;

/** What a connection is known by. One that is a key of a map must not change. */
final class Ports {
  private int host;
  private int guest;

  Ports(int host, int guest) {
    at(host, guest);
  }

  /** Becomes others: for looking up without making objects. */
  Ports at(int newHost, int newGuest) {
    host = newHost;
    guest = newGuest;
    return this;
  }

  int host() {
    return host;
  }

  int guest() {
    return guest;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Ports ports && ports.host == host && ports.guest == guest;
  }

  @Override
  public int hashCode() {
    return 31 * host + guest;
  }
}
