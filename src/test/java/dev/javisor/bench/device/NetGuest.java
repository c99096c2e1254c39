package dev.javisor.bench.device;

import static dev.javisor.testing.microguest.Reg.R10;
import static dev.javisor.testing.microguest.Reg.R12;
import static dev.javisor.testing.microguest.Reg.R13;
import static dev.javisor.testing.microguest.Reg.R8;
import static dev.javisor.testing.microguest.Reg.R9;
import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static dev.javisor.testing.microguest.Reg.RSI;

import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.Condition;
import dev.javisor.testing.microguest.Label;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.VirtioDriver;
import dev.javisor.testing.microguest.VirtioQueue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The guest that puts a load on a network: as {@link LoadGuest}. Header and frame share a buffer,
 * and frames beyond the MTU are segments that are yet to be cut, which the driver agrees on.
 */
final class NetGuest {
  /** The line that asks for frames to be received; the guest waits before it takes them. */
  static final String FILL = "fill";

  private static final long DRIVER = MicroGuest.DATA;
  private static final long BUFFERS = DRIVER + 0x10_0000;
  private static final int WARM_UP_SHARE = 8;
  private static final int RECEIVE = 0;
  private static final int SEND = 1;
  private static final int CHECKSUM = 1;
  private static final int GUEST_CHECKSUM = 1 << 1;
  private static final int GUEST_TSO = 1 << 7;
  private static final int TSO = 1 << 11;
  private static final int HEADER = 12;
  private static final int MTU = 1500;
  private static final int ETHERNET = 14;
  private static final int HEADERS = ETHERNET + 40;
  private static final int SEGMENT = 1448;
  private static final int ROOM = 68 << 10;
  private static final int FEW = 16;

  private final Workload load;
  private final long waitTicks;
  private final VirtioQueue[] queues = new VirtioQueue[2];
  private final VirtioDriver driver;

  private NetGuest(Workload load, boolean mmio, long waitTicks) {
    this.load = load;
    this.waitTicks = waitTicks;
    int type = VirtioDriver.NETWORK;
    driver = mmio ? VirtioDriver.mmio(type, DRIVER) : VirtioDriver.pci(type, 0, DRIVER);
    if (segmented()) {
      driver.features(CHECKSUM | GUEST_CHECKSUM | GUEST_TSO | TSO);
    }
    queues[RECEIVE] = driver.queue(slots());
    queues[SEND] = driver.queue(slots());
  }

  /**
   * A guest for a load.
   *
   * @param mmio whether devices are on virtio-mmio, instead of PCI
   * @param waitTicks of the time-stamp counter, for frames to be brought that it {@link #FILL}s
   */
  static MicroGuest of(Workload load, boolean mmio, long waitTicks) {
    NetGuest guest = new NetGuest(load, mmio, waitTicks);
    return MicroGuest.code(
        switch (load.device()) {
          case SENDER -> guest::send;
          case RECEIVER -> guest::receive;
          case PING -> guest::ping;
          default -> throw new IllegalArgumentException("no load for a network");
        });
  }

  private int slots() {
    return Math.max(FEW, load.depth());
  }

  private boolean segmented() {
    return load.bytes() > MTU + ETHERNET;
  }

  private void send(Assembler a) {
    driver.start(a);
    frames(a);
    full(a, load.count() / WARM_UP_SHARE);
    a.print("\n" + LoadGuest.BEGIN + "\n");
    full(a, load.count());
    report(a);
  }

  private void full(Assembler a, int count) {
    LoadGuest.keepFull(
        a, queues[SEND], count, load.depth(), 1, () -> queues[SEND].offer(a), () -> {});
  }

  /** One frame in each buffer, and each buffer in the queue to send. */
  private void frames(Assembler a) {
    byte[] bytes = frame();
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    a.mov(R8, BUFFERS);
    a.times(
        R9,
        slots(),
        () -> {
          for (int at = 0; at < bytes.length; at += Integer.BYTES) {
            a.store(Integer.BYTES, Mem.at(R8, at), words.getInt(at));
          }
          a.add(R8, ROOM);
        });
    for (int slot = 0; slot < slots(); slot++) {
      queues[SEND].describe(a, slot, buffer(slot), HEADER + load.bytes(), 0, 0);
    }
  }

  /** The virtio header and the beginning of the frame: TCP over IPv4, for nobody here. */
  private byte[] frame() {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER + HEADERS + 2).order(ByteOrder.LITTLE_ENDIAN);
    if (segmented()) {
      bytes.put(0, (byte) 1).put(1, (byte) 1).putShort(2, (short) HEADERS);
      bytes.putShort(4, (short) SEGMENT).putShort(6, (short) 34).putShort(8, (short) 16);
    }
    bytes.order(ByteOrder.BIG_ENDIAN).position(HEADER);
    bytes.putInt(0x0200_0000).putShort((short) 1).putInt(0x0200_0000).putShort((short) 2);
    bytes.putShort((short) 0x800).putShort((short) 0x4500);
    bytes.putShort((short) (load.bytes() - ETHERNET)).putInt(0).putShort((short) 0x4006);
    bytes.putShort((short) 0).putInt(0xc612_0001).putInt(0xc612_0002);
    bytes.putInt(0).putLong(0).put((byte) 0x50);
    return bytes.array();
  }

  private static long buffer(int slot) {
    return BUFFERS + (long) slot * ROOM;
  }

  private void receive(Assembler a) {
    driver.start(a);
    for (int slot = 0; slot < load.depth(); slot++) {
      queues[RECEIVE].describe(a, slot, buffer(slot), ROOM, VirtioQueue.WRITE, 0);
    }
    a.print("\n" + FILL + "\n");
    pause(a);
    for (int slot = 0; slot < load.depth(); slot++) {
      a.mov(RBX, slot);
      queues[RECEIVE].offer(a);
    }
    queues[RECEIVE].publish(a);
    a.mov(R13, 0);
    take(a, load.count() / WARM_UP_SHARE);
    a.print("\n" + LoadGuest.BEGIN + "\n");
    a.rdtsc();
    a.mov(R12, RAX);
    take(a, load.count());
    LoadGuest.stop(a);
    report(a);
  }

  private void pause(Assembler a) {
    a.rdtsc();
    a.mov(R8, waitTicks);
    a.add(R8, RAX);
    Label again = a.here(a.label());
    a.pause();
    a.rdtsc();
    a.cmp(RAX, R8);
    a.jump(Condition.BELOW, again);
  }

  /** Each buffer goes back at once. R13 counts what the device was not told of. */
  private void take(Assembler a, int count) {
    VirtioQueue queue = queues[RECEIVE];
    Label take = a.label();
    Label none = a.label();
    Label idle = a.label();
    Label done = a.label();
    a.mov(R9, count);
    a.here(take);
    queue.take(a, none);
    check(a);
    queue.offer(a);
    a.inc(R13);
    a.dec(R9);
    a.jump(Condition.EQUAL, done);
    a.jmp(take);
    a.here(none);
    a.cmp(R13, 0);
    a.jump(Condition.EQUAL, idle);
    a.mov(R13, 0);
    queue.publish(a);
    a.jmp(take);
    a.here(idle);
    a.pause();
    a.jmp(take);
    a.here(done);
  }

  private void check(Assembler a) {
    Label good = a.label();
    a.cmp(RSI, HEADER + load.bytes());
    a.jump(Condition.EQUAL, good);
    a.print("\n" + LoadGuest.FAILED + "a frame of another length\n");
    a.powerOff();
    a.here(good);
  }

  private void ping(Assembler a) {
    driver.start(a);
    frames(a);
    for (int room = 0; room < FEW; room++) {
      queues[RECEIVE].describe(a, room, buffer(FEW + room), ROOM, VirtioQueue.WRITE, 0);
      a.mov(RBX, room);
      queues[RECEIVE].offer(a);
    }
    queues[RECEIVE].publish(a);
    a.mov(R10, FEW);
    pings(a, load.count() / WARM_UP_SHARE);
    a.print("\n" + LoadGuest.BEGIN + "\n");
    a.rdtsc();
    a.mov(R12, RAX);
    pings(a, load.count());
    LoadGuest.stop(a);
    report(a);
  }

  private void pings(Assembler a, int count) {
    a.times(
        R9,
        count,
        () -> {
          freeSlot(a);
          queues[SEND].offer(a);
          queues[SEND].publish(a);
          queues[RECEIVE].await(a);
          check(a);
          queues[RECEIVE].offer(a);
          queues[RECEIVE].publish(a);
        });
  }

  /**
   * RBX gets the number of a frame that may be sent: one that was, or one of the R10 that never
   * were. An answer may come before the device gives back what it answers.
   */
  private void freeSlot(Assembler a) {
    Label none = a.label();
    Label wait = a.label();
    Label found = a.label();
    queues[SEND].take(a, none);
    a.jmp(found);
    a.here(none);
    a.cmp(R10, 0);
    a.jump(Condition.EQUAL, wait);
    a.dec(R10);
    a.mov(RBX, R10);
    a.jmp(found);
    a.here(wait);
    queues[SEND].await(a);
    a.here(found);
  }

  private void report(Assembler a) {
    a.mov(R13, load.allBytes());
    LoadGuest.report(a);
  }
}
