package dev.javisor.net;

import static java.util.Objects.requireNonNull;

import dev.javisor.config.LinkConditions;
import dev.javisor.internal.net.GuestPorts;
import dev.javisor.internal.net.user.UserNetwork;
import dev.javisor.internal.net.user.UserSpec;
import dev.javisor.internal.net.vswitch.Link;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** A switch by the names of its ports. */
final class DefaultSwitch implements VirtualSwitch {
  private final long seed;
  private final long queueBytes;
  private final SwitchFabric fabric;

  /** Guarded by itself. */
  private final Map<String, SwitchPort> ports = new LinkedHashMap<>();

  private LinkConditions usual = LinkConditions.PERFECT;
  private @Nullable HostPort host;

  DefaultSwitch(long seed, long queueBytes, SwitchFabric fabric) {
    this.seed = seed;
    this.queueBytes = queueBytes;
    this.fabric = fabric;
  }

  /** Lets this process be on the network. */
  void join(UserSpec spec, ThreadFactory threads) {
    SwitchPort port = port(HOST_PORT);
    fabric.pin(UserNetwork.HOST_MAC, port);
    host = HostPort.open(spec, port, fabric::guestOf, threads);
  }

  @Override
  public SwitchPort port(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a port needs a name");
    }
    synchronized (ports) {
      SwitchPort port = ports.get(name);
      if (port == null) {
        fabric.checkOpen();
        GuestPorts guestPorts = null;
        if (host != null) {
          host.checkName(name, ports.keySet());
          guestPorts = host.guestPorts(name);
        }
        Link up = link("up " + name, usual);
        Link down = link("down " + name, usual);
        port = new SwitchPort(name, ports.size(), fabric, up, down, queueBytes, guestPorts);
        ports.put(name, port);
        fabric.add(port);
      }
      return port;
    }
  }

  private Link link(String name, LinkConditions conditions) {
    return new Link(seed, name, conditions, queueBytes);
  }

  private SwitchPort existing(String name) {
    synchronized (ports) {
      SwitchPort port = ports.get(name);
      if (port == null) {
        throw new IllegalArgumentException(
            "there is no port %s; there are %s".formatted(name, ports.keySet()));
      }
      return port;
    }
  }

  @Override
  public Set<String> ports() {
    synchronized (ports) {
      return Collections.unmodifiableSet(new LinkedHashSet<>(ports.keySet()));
    }
  }

  @Override
  public void conditions(LinkConditions conditions) {
    requireNonNull(conditions, "conditions");
    synchronized (ports) {
      usual = conditions;
      ports.values().forEach(port -> set(port, conditions));
    }
  }

  @Override
  public void conditions(String port, LinkConditions conditions) {
    set(existing(port), requireNonNull(conditions, "conditions"));
  }

  private void set(SwitchPort port, LinkConditions conditions) {
    fabric.set(port.up, conditions);
    fabric.set(port.down, conditions);
  }

  @Override
  public void conditions(String from, String to, LinkConditions conditions) {
    requireNonNull(conditions, "conditions");
    Link made = link("from %s to %s".formatted(from, to), conditions);
    fabric.set(existing(from), existing(to), made, conditions);
  }

  @Override
  public void partition(Set<String> one, Set<String> other) {
    one.forEach(this::existing);
    other.forEach(this::existing);
    if (!Collections.disjoint(one, other)) {
      throw new IllegalArgumentException("%s and %s have ports in common".formatted(one, other));
    }
    fabric.part(Set.copyOf(one), Set.copyOf(other));
  }

  @Override
  public void isolate(String port) {
    existing(port);
    Set<String> others = new HashSet<>(ports());
    others.remove(port);
    partition(Set.of(port), others);
  }

  @Override
  public void heal() {
    fabric.heal();
  }

  @Override
  public PortCounters counters(String port) {
    return existing(port).tally.read();
  }

  @Override
  public void startCapture(String port, Path file) throws IOException {
    SwitchPort captured = existing(port);
    fabric.checkOpen();
    captured.startCapture(file);
  }

  @Override
  public void stopCapture(String port) {
    existing(port).stopCapture();
  }

  @Override
  public void close() {
    HostPort joined = host;
    if (joined != null) {
      joined.close();
    }
    fabric.close();
  }

  /** Bytes of memory that frames take. */
  long bytesKept() {
    long bytes = fabric.bytesUnderWay();
    synchronized (ports) {
      for (SwitchPort port : ports.values()) {
        bytes += port.bytesWaiting();
      }
    }
    return bytes;
  }

  @Override
  public String toString() {
    return "virtual switch " + ports();
  }
}
