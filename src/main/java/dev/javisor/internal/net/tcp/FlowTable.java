package dev.javisor.internal.net.tcp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Connections by their addresses, hashed with a secret, as a guest chooses most of them. */
final class FlowTable {
  private static final long ODD = 0x9e37_79b9_7f4a_7c15L;
  private static final int FIRST = 64;

  private final long secret;
  private @Nullable TcpConnection[] buckets = new TcpConnection[FIRST];
  private int size;

  FlowTable(long secret) {
    this.secret = secret;
  }

  int size() {
    return size;
  }

  @Nullable TcpConnection find(TcpAddresses a) {
    return find(
        a.ipv6(),
        a.remoteHigh(),
        a.remoteLow(),
        a.remotePort(),
        a.localHigh(),
        a.localLow(),
        a.localPort());
  }

  @Nullable TcpConnection find(
      boolean ipv6,
      long remoteHigh,
      long remoteLow,
      int remotePort,
      long localHigh,
      long localLow,
      int localPort) {
    int hash = hash(remoteHigh, remoteLow, remotePort, localHigh, localLow, localPort);
    TcpConnection entry = buckets[hash & (buckets.length - 1)];
    for (; entry != null; entry = entry.nextInBucket) {
      TcpAddresses a = entry.addresses();
      if (a.remotePort() == remotePort
          && a.localPort() == localPort
          && a.remoteLow() == remoteLow
          && a.localLow() == localLow
          && a.remoteHigh() == remoteHigh
          && a.localHigh() == localHigh
          && a.ipv6() == ipv6) {
        return entry;
      }
    }
    return null;
  }

  void add(TcpConnection connection) {
    if (size >= buckets.length) {
      grow();
    }
    size++;
    link(connection);
  }

  void remove(TcpConnection connection) {
    int bucket = hash(connection.addresses()) & (buckets.length - 1);
    TcpConnection before = null;
    TcpConnection entry = buckets[bucket];
    for (; entry != null && entry != connection; entry = entry.nextInBucket) {
      before = entry;
    }
    if (entry == null) {
      return;
    }
    if (before == null) {
      buckets[bucket] = entry.nextInBucket;
    } else {
      before.nextInBucket = entry.nextInBucket;
    }
    entry.nextInBucket = null;
    size--;
  }

  /** All of them, in no order. */
  List<TcpConnection> all() {
    List<TcpConnection> all = new ArrayList<>(size);
    for (TcpConnection head : buckets) {
      for (TcpConnection entry = head; entry != null; entry = entry.nextInBucket) {
        all.add(entry);
      }
    }
    return all;
  }

  private void grow() {
    List<TcpConnection> all = all();
    buckets = new TcpConnection[buckets.length * 2];
    all.forEach(this::link);
  }

  private void link(TcpConnection connection) {
    int bucket = hash(connection.addresses()) & (buckets.length - 1);
    connection.nextInBucket = buckets[bucket];
    buckets[bucket] = connection;
  }

  private int hash(TcpAddresses a) {
    return hash(
        a.remoteHigh(), a.remoteLow(), a.remotePort(), a.localHigh(), a.localLow(), a.localPort());
  }

  private int hash(
      long remoteHigh,
      long remoteLow,
      int remotePort,
      long localHigh,
      long localLow,
      int localPort) {
    long hash = mix(secret, remoteHigh);
    hash = mix(hash, remoteLow);
    hash = mix(hash, localHigh);
    hash = mix(hash, localLow);
    hash = mix(hash, (long) remotePort << 16 | localPort);
    return (int) (hash >>> 32);
  }

  private static long mix(long hash, long value) {
    long mixed = (hash ^ value) * ODD;
    return mixed ^ mixed >>> 29;
  }
}
