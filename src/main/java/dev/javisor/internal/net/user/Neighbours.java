package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who has which address, as far as it was heard. The last {@value #MOST} of each guest are known:
 * one that makes up addresses displaces none of the others'. An address that was given to a guest
 * is that one's, and no other is heard of by it.
 *
 * <p>Where guests share the network each has a name, which is empty for those that nobody knows; a
 * guest that is alone has none.
 *
 * <p>Threading: the network's.
 */
final class Neighbours {
  static final int MOST = 256;

  private final @Nullable LongFunction<@Nullable NamedGuest> named;
  private final Map<IpAddress, Held> held = new HashMap<>();
  private final Map<String, Guest> guests = new HashMap<>();
  private final Map<IpAddress, String> given = new HashMap<>();
  private @Nullable IpAddress lastAddress;
  private @Nullable Held last;

  /** Where an address is. */
  private record Held(long mac, Guest guest) {}

  private static final class Guest {
    final String name;

    /** The one learnt longest ago first. */
    final Set<IpAddress> addresses = new LinkedHashSet<>();

    @Nullable IpAddress given;
    @Nullable IpAddress latestV4;

    Guest(String name) {
      this.name = name;
    }
  }

  /**
   * @param named who has a MAC address, and null if that is not known; null if the network has one
   *     guest
   */
  Neighbours(@Nullable LongFunction<@Nullable NamedGuest> named) {
    this.named = named;
  }

  /** The name of the guest that has a MAC address. */
  @Nullable String guest(long mac) {
    if (named == null) {
      return null;
    }
    NamedGuest guest = named.apply(mac);
    return guest == null ? "" : guest.name();
  }

  /** The number of the guest that has a MAC address; a large one if nobody knows it. */
  int number(long mac) {
    NamedGuest guest = named == null ? null : named.apply(mac);
    return guest == null ? Integer.MAX_VALUE : guest.number();
  }

  /** The name of the guest that an address was heard of last. */
  @Nullable String guest(IpAddress address) {
    if (named == null) {
      return null;
    }
    Held known = held.get(address);
    return known == null ? "" : known.guest.name;
  }

  /** An address is this guest's from now on. */
  void give(IpAddress address, String guest) {
    given.put(address, guest);
    guests.computeIfAbsent(guest, Guest::new).given = address;
    held.computeIfPresent(address, (a, known) -> known.guest.name.equals(guest) ? known : null);
    last = null;
    lastAddress = null;
  }

  /**
   * Hears that an address is at a MAC address.
   *
   * @return false if it is another guest's
   */
  boolean heard(IpAddress address, long mac) {
    String name = Objects.requireNonNullElse(guest(mac), "");
    Held known = last;
    if (known != null
        && known.mac == mac
        && known.guest.name.equals(name)
        && address.equals(lastAddress)) {
      return true;
    }
    String owner = given.get(address);
    if (owner != null && !owner.equals(name)) {
      return false;
    }
    Guest guest = guests.computeIfAbsent(name, Guest::new);
    known = held.get(address);
    if (known == null || known.mac != mac || known.guest != guest) {
      known = new Held(mac, guest);
      learn(address, known);
    }
    last = known;
    lastAddress = address;
    if (!address.ipv6()) {
      guest.latestV4 = address;
    }
    return true;
  }

  private void learn(IpAddress address, Held known) {
    Guest guest = known.guest;
    guest.addresses.remove(address);
    guest.addresses.add(address);
    if (guest.addresses.size() > MOST) {
      Iterator<IpAddress> oldest = guest.addresses.iterator();
      IpAddress forgotten = oldest.next();
      oldest.remove();
      // Another guest may have it by now.
      held.computeIfPresent(forgotten, (a, other) -> other.guest == guest ? null : other);
    }
    held.put(address, known);
  }

  /** The MAC address, or -1 if it is not known. */
  long mac(IpAddress address) {
    Held known = address.equals(lastAddress) ? last : held.get(address);
    return known == null ? -1 : known.mac;
  }

  /**
   * The IPv4 address that a guest was given, if it has it, or else the one that was heard of it
   * last; empty if none was, or its machine has gone since.
   *
   * @param name of the guest; null for the one that is alone
   */
  Optional<IpAddress> address(@Nullable String name) {
    Guest guest = guests.get(name == null ? "" : name);
    if (guest == null) {
      return Optional.empty();
    }
    return Stream.of(Optional.ofNullable(guest.given), Optional.ofNullable(guest.latestV4))
        .flatMap(Optional::stream)
        .filter(address -> isAt(address, guest, name))
        .findFirst();
  }

  private boolean isAt(IpAddress address, Guest guest, @Nullable String name) {
    Held known = held.get(address);
    return known != null && known.guest == guest && (name == null || name.equals(guest(known.mac)));
  }

  /** The address that a guest of this name is likely to have; empty if nobody knows. */
  Optional<IpAddress> expected(String name) {
    Guest guest = guests.get(name);
    return guest == null
        ? Optional.empty()
        : Optional.ofNullable(guest.given != null ? guest.given : guest.latestV4);
  }
}
