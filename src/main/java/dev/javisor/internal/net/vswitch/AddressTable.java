package dev.javisor.internal.net.vswitch;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which port an address was last heard on: the filtering database of IEEE 802.1D-2004 §7.9.
 * Addresses are the 48 low bits of a long. Each port has so many entries and no more, so that one
 * that makes up addresses displaces none of the others'.
 *
 * <p>Threading: one thread at a time.
 */
public final class AddressTable {
  /** What {@link #find} returns for an address that was not heard. */
  public static final int UNKNOWN = -1;

  private static final class Entry {
    int port;
    long heard;
    boolean pinned;
  }

  private final int mostPerPort;
  private final long age;
  private final boolean locked;
  private final Map<Long, Entry> entries = new HashMap<>();

  /** Those of a port, the one heard longest ago first. */
  private final Map<Integer, LinkedHashMap<Long, Entry>> byPort = new HashMap<>();

  /**
   * @param mostPerPort entries of one port
   * @param age for how many nanoseconds an address is known after it was heard
   * @param locked whether a known address stays with its port, and a port with many of them gets no
   *     more
   */
  public AddressTable(int mostPerPort, long age, boolean locked) {
    this.mostPerPort = mostPerPort;
    this.age = age;
    this.locked = locked;
  }

  /**
   * An address was heard.
   *
   * @param now in nanoseconds
   * @return false if it must not be on this port
   */
  public boolean learn(long address, int port, long now) {
    Entry entry = entries.get(address);
    if (entry != null && entry.pinned) {
      return entry.port == port;
    }
    if (entry != null && entry.port != port) {
      if (locked && now - entry.heard <= age) {
        return false;
      }
      remove(address, entry);
      entry = null;
    }
    LinkedHashMap<Long, Entry> own =
        byPort.computeIfAbsent(port, p -> new LinkedHashMap<>(16, 0.75f, true));
    if (entry == null) {
      if (own.size() >= mostPerPort && !forgetOldest(own, now)) {
        return false;
      }
      entry = new Entry();
      entry.port = port;
      entries.put(address, entry);
    }
    entry.heard = now;
    own.put(address, entry);
    return true;
  }

  /** Lets an address be a port's for ever. */
  public void pin(long address, int port) {
    Entry entry = new Entry();
    entry.port = port;
    entry.pinned = true;
    entries.put(address, entry);
  }

  private boolean forgetOldest(LinkedHashMap<Long, Entry> own, long now) {
    Iterator<Map.Entry<Long, Entry>> oldest = own.entrySet().iterator();
    Map.Entry<Long, Entry> first = oldest.next();
    if (locked && now - first.getValue().heard <= age) {
      return false;
    }
    entries.remove(first.getKey());
    oldest.remove();
    return true;
  }

  /** The port of an address, or {@link #UNKNOWN}. */
  public int find(long address, long now) {
    Entry entry = entries.get(address);
    if (entry == null) {
      return UNKNOWN;
    }
    if (!entry.pinned && now - entry.heard > age) {
      remove(address, entry);
      return UNKNOWN;
    }
    return entry.port;
  }

  private void remove(long address, Entry entry) {
    entries.remove(address);
    LinkedHashMap<Long, Entry> own = byPort.get(entry.port);
    if (own != null) {
      own.remove(address);
    }
  }

  /** A port was unplugged. */
  public void forget(int port) {
    LinkedHashMap<Long, Entry> own = byPort.remove(port);
    if (own != null) {
      own.keySet().forEach(entries::remove);
    }
  }

  /** How many addresses it knows, or knew until they were too old. */
  public int size() {
    return entries.size();
  }
}
