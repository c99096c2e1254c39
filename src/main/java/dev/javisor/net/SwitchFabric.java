package dev.javisor.net;

import dev.javisor.backend.NetFrame;
import dev.javisor.config.LinkConditions;
import dev.javisor.internal.net.user.NamedGuest;
import dev.javisor.internal.net.vswitch.AddressTable;
import dev.javisor.internal.net.vswitch.Agenda;
import dev.javisor.internal.net.vswitch.Alarm;
import dev.javisor.internal.net.vswitch.Link;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Passes frames between ports: from the sender's cable over the switch and, where there is one, the
 * path between the two ports, to the receiver's cable. Where no link has anything to do, that takes
 * place on the sender's thread and copies the frame once, from RAM to RAM; else a copy goes from
 * link to link by an {@link Agenda}, on the alarm's thread.
 *
 * <p>Threading: any thread. Guarded by {@code this}; guests are called without that lock.
 */
final class SwitchFabric {
  /** The most frames that are given to guests in one go. */
  private static final int BATCH = 64;

  /** The most steps from link to link between two looks at the clock. */
  private static final int MOST_STEPS = 256;

  /** Where a frame is. */
  private enum Leg {
    UP,
    PATH,
    DOWN
  }

  /** A copy of a frame on a link; {@code to} is the sender on the way up. */
  private record Travel(Leg leg, Link link, SwitchFrame frame, SwitchPort to) {}

  /** A frame for a guest. */
  private record Delivery(SwitchFrame frame, SwitchPort to) {}

  private record Partition(Set<String> one, Set<String> other) {
    boolean parts(SwitchPort from, SwitchPort to) {
      return one.contains(from.name) && other.contains(to.name)
          || other.contains(from.name) && one.contains(to.name);
    }
  }

  private final List<SwitchPort> ports = new CopyOnWriteArrayList<>();
  private final Map<Long, Link> paths = new HashMap<>();
  private final List<Partition> partitions = new ArrayList<>();
  private final Agenda<Travel> agenda = new Agenda<>();
  private final AddressTable addresses;
  private final boolean locked;
  private final Alarm alarm;
  private boolean closed;

  /**
   * @param locked whether guests are kept from taking others' addresses
   */
  SwitchFabric(AddressTable addresses, boolean locked, Function<Runnable, Alarm> alarms) {
    this.addresses = addresses;
    this.locked = locked;
    alarm = alarms.apply(this::run);
  }

  /** Throws IllegalStateException if it is closed. */
  synchronized void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the switch is closed");
    }
  }

  /** Adds a port; its index is the number of those before it. */
  synchronized void add(SwitchPort port) {
    ports.add(port);
  }

  /** Changes a link. */
  synchronized void set(Link link, LinkConditions conditions) {
    agenda.hurry(link, link.set(conditions, alarm.nanos()));
    wake();
  }

  /** Changes a path; where none was, the frames between two ports only passed their cables. */
  synchronized void set(SwitchPort from, SwitchPort to, Link made, LinkConditions conditions) {
    set(paths.computeIfAbsent(key(from, to), k -> made), conditions);
  }

  synchronized void part(Set<String> one, Set<String> other) {
    partitions.add(new Partition(one, other));
  }

  synchronized void heal() {
    partitions.clear();
  }

  private boolean parted(SwitchPort from, SwitchPort to) {
    for (Partition partition : partitions) {
      if (partition.parts(from, to)) {
        from.tally.partitioned.increment();
        return true;
      }
    }
    return false;
  }

  private static long key(SwitchPort from, SwitchPort to) {
    return (long) from.index << Integer.SIZE | to.index;
  }

  /** A port's guest has gone. */
  synchronized void unplugged(SwitchPort port) {
    addresses.forget(port.index);
  }

  /** Lets an address be a port's for ever. */
  synchronized void pin(long address, SwitchPort port) {
    addresses.pin(address, port.index);
  }

  /** Who is on the port that an address was heard on last; null if there is none. */
  synchronized @Nullable NamedGuest guestOf(long address) {
    int port = addresses.find(address, alarm.nanos());
    return port == AddressTable.UNKNOWN ? null : ports.get(port).asGuest;
  }

  /** A guest sends a frame, which stays its own. */
  void enter(SwitchPort from, NetFrame sent) {
    SwitchFrame frame = SwitchFrame.of(from, sent, locked);
    List<Delivery> direct = new ArrayList<>(1);
    synchronized (this) {
      if (closed) {
        return;
      }
      from.sent(frame);
      long now = alarm.nanos();
      if (from.up.isClear()) {
        cross(frame, now, direct, false);
      } else {
        travel(Leg.UP, from.up, frame, from, now);
      }
      wake();
    }
    for (Delivery delivery : direct) {
      delivery.to.deliver(delivery.frame);
    }
  }

  /** A frame has come to the switch. */
  private void cross(SwitchFrame frame, long now, List<Delivery> due, boolean onAlarm) {
    SwitchPort from = frame.from;
    if (!frame.isForOthers() || !addresses.learn(frame.source, from.index, now)) {
      from.tally.refused.increment();
      return;
    }
    int known = frame.isForMany() ? AddressTable.UNKNOWN : addresses.find(frame.destination, now);
    if (known != AddressTable.UNKNOWN) {
      toward(ports.get(known), frame, now, due, onAlarm);
    } else {
      for (SwitchPort to : ports) {
        toward(to, frame, now, due, onAlarm);
      }
    }
  }

  private void toward(
      SwitchPort to, SwitchFrame frame, long now, List<Delivery> due, boolean onAlarm) {
    if (to == frame.from || !to.isPlugged() || parted(frame.from, to)) {
      return;
    }
    Link path = paths.isEmpty() ? null : paths.get(key(frame.from, to));
    if (path == null || path.isClear()) {
      down(to, frame, now, due, onAlarm);
    } else {
      travel(Leg.PATH, path, frame, to, now);
    }
  }

  private void down(
      SwitchPort to, SwitchFrame frame, long now, List<Delivery> due, boolean onAlarm) {
    // A sender's thread must not overtake the alarm's, which may carry earlier frames of it.
    if (to.down.isClear() && (onAlarm || to.arriving == 0)) {
      arrive(to, frame, due, onAlarm);
    } else {
      travel(Leg.DOWN, to.down, frame, to, now);
    }
  }

  private static void arrive(
      SwitchPort to, SwitchFrame frame, List<Delivery> due, boolean onAlarm) {
    if (onAlarm) {
      to.arriving++;
    }
    due.add(new Delivery(frame, to));
  }

  private void travel(Leg leg, Link link, SwitchFrame frame, SwitchPort to, long now) {
    PortTally tally = frame.from.tally;
    int copies = link.send(now, frame.from.index, frame.length);
    switch (copies) {
      case Link.NO_ROOM -> tally.overflowed.increment();
      case 0 -> tally.lost.increment();
      default -> {
        frame.keep();
        for (int i = 0; i < copies; i++) {
          agenda.add(link.arrival(i), link, new Travel(leg, link, frame, to));
        }
        tally.duplicated.add(copies - 1L);
        tally.overtaken.add(link.overtaken() ? 1 : 0);
      }
    }
  }

  private void wake() {
    long next = agenda.next();
    if (next != Agenda.NEVER) {
      alarm.set(next);
    }
  }

  /** The alarm's call: lets what is due arrive. */
  void run() {
    List<Delivery> due = new ArrayList<>();
    while (collect(due)) {
      for (Delivery delivery : due) {
        delivery.to.deliver(delivery.frame);
      }
      done(due);
      due.clear();
    }
  }

  /** Returns false if nothing was due, and the alarm is set. */
  private synchronized boolean collect(List<Delivery> due) {
    long now = alarm.nanos();
    int steps = 0;
    while (agenda.next() <= now && steps < MOST_STEPS && due.size() < BATCH) {
      long time = agenda.next();
      Travel travel = agenda.poll();
      if (travel != null) {
        step(travel, time, due);
      }
      steps++;
    }
    if (steps == 0) {
      wake();
    }
    return steps > 0;
  }

  /** A frame has come to the end of a link, at a time that may have passed a moment ago. */
  private void step(Travel travel, long time, List<Delivery> due) {
    SwitchFrame frame = travel.frame;
    travel.link.arrived(frame.from.index, frame.length);
    if (travel.leg == Leg.UP) {
      cross(frame, time, due, true);
    } else if (!parted(frame.from, travel.to)) {
      if (travel.leg == Leg.PATH) {
        down(travel.to, frame, time, due, true);
      } else {
        arrive(travel.to, frame, due, true);
      }
    }
  }

  private synchronized void done(List<Delivery> deliveries) {
    for (Delivery delivery : deliveries) {
      delivery.to.arriving--;
    }
  }

  /** Bytes of memory that frames on links take. */
  synchronized long bytesUnderWay() {
    long bytes = 0;
    for (SwitchPort port : ports) {
      bytes += port.up.bytesUnderWay() + port.down.bytesUnderWay();
    }
    for (Link path : paths.values()) {
      bytes += path.bytesUnderWay();
    }
    return bytes;
  }

  /** Drops all frames and takes no more. */
  void close() {
    synchronized (this) {
      closed = true;
      agenda.clear();
    }
    alarm.close();
    for (SwitchPort port : ports) {
      port.drop();
      port.stopCapture();
    }
  }
}
