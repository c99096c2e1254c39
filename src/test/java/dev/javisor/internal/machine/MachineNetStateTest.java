package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static dev.javisor.testing.microguest.Reg.RAX;
import static dev.javisor.testing.microguest.Reg.RBX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.javisor.internal.net.MacAddress;
import dev.javisor.internal.net.NicLimiters;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.net.tap.HostAddress;
import dev.javisor.internal.net.tap.NetSpec;
import dev.javisor.internal.net.tap.TapSpec;
import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.Condition;
import dev.javisor.testing.microguest.Label;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroDriver;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import dev.javisor.testing.microguest.RamCopy;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A guest with a network card on a TAP interface goes on in a new machine with a new interface:
 * what its driver had chosen holds there, and so does the cable that was pulled.
 */
@Timeout(120)
class MachineNetStateTest {
  private static final MicroDriver NET = new MicroDriver(1);
  private static final MicroDriver.Queue[] RECEIVE = {NET.queue(0, 0), NET.queue(2, 1)};
  private static final MicroDriver.Queue SEND = NET.queue(3, 1);
  // The first worker serves it.
  private static final MicroDriver.Queue CONTROL = NET.chains(4, 0);

  /** Guest: checksums, switched by command. Both ends: status, control queue, several pairs. */
  private static final int FEATURES = 1 << 1 | 1 << 2 | 1 << 16 | 1 << 17 | 1 << 22;

  private static final int DEVICE_CONFIG = 0x4000;
  private static final int STATUS = 6;
  private static final int HEADER = 12;
  private static final int FRAME = 60;
  private static final int NEEDS_CHECKSUM = 1;

  /** What the guest sees of the cable. */
  private static final Mem LINK = Mem.at(DATA);

  /** Frames that came in with their checksum left to the guest. */
  private static final Mem UNFINISHED = Mem.at(DATA + 8);

  /** Frames that were sent by the second pair of queues. */
  private static final Mem SENT = Mem.at(DATA + 16);

  private static final int PORT = 4712;

  /** Another process may run this test at the same time. */
  private static final byte NETWORK = (byte) (ProcessHandle.current().pid() % 256);

  private static final byte[] HOST = {10, (byte) 217, NETWORK, 1};
  private static final byte[] EVERYBODY = {10, (byte) 217, NETWORK, (byte) 255};

  private MachineNic nic;

  @Test
  void shouldKeepPairsOffloadsAndCable_whenMovedToAnotherInterface() throws Exception {
    MicroGuest guest = MicroGuest.code(MachineNetStateTest::talk);
    MicroMachine before = MicroMachine.create(guest, this::withTap);
    before.machine().boot();
    before.awaitConsole("ready");
    assertEquals(2, queues());
    awaitUnfinished(before);
    nic.link(false);
    before.await(() -> read(before, LINK) == 0, "the cable is out");
    before.machine().pause();
    MachineState state = before.machine().save();
    RamCopy ram = RamCopy.of(before.memory());
    before.close();

    try (MicroMachine after = MicroMachine.create(guest, this::withTap)) {
      after.machine().restore(state, ram::to);
      assertFalse(nic.linkUp());
      assertEquals("0", ofInterface("carrier"));
      assertEquals(ofNet(state), ofNet(after.machine().save()));
      after.machine().resume();
      long sent = read(after, SENT);
      after.await(() -> read(after, SENT) > sent + 10, "it goes on sending");
      assertEquals(0, read(after, LINK));
      assertEquals("0", ofInterface("statistics/rx_packets"), "the cable is out");

      nic.link(true);

      after.await(() -> read(after, LINK) == 1, "the cable is in");
      awaitUnfinished(after);
      assertEquals(2, queues());
      after.await(() -> !ofInterface("statistics/rx_packets").equals("0"), "the host gets frames");
      assertEquals("1", ofInterface("carrier"));
    }
  }

  private static MachineState.Part ofNet(MachineState state) {
    return state.devices().stream()
        .filter(part -> part.id().equals("net0"))
        .findFirst()
        .orElseThrow();
  }

  private static long read(MicroMachine vm, Mem where) {
    return vm.memory().readLong(where.displacement());
  }

  /** The host sends to everybody until the guest has a frame of that. */
  private static void awaitUnfinished(MicroMachine vm) throws IOException {
    long count = read(vm, UNFINISHED);
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getByAddress(HOST), 0))) {
      socket.setBroadcast(true);
      DatagramPacket packet =
          new DatagramPacket(new byte[100], 100, InetAddress.getByAddress(EVERYBODY), PORT);
      vm.await(
          () -> {
            send(socket, packet);
            return read(vm, UNFINISHED) > count;
          },
          "frames without a checksum after " + count);
    }
  }

  private static void send(DatagramSocket socket, DatagramPacket packet) {
    try {
      socket.send(packet);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The queues that the interface hands frames to. */
  private long queues() throws IOException {
    try (Stream<Path> all = Files.list(ofInterface(Path.of("queues")))) {
      return all.filter(queue -> queue.getFileName().toString().startsWith("tx-")).count();
    }
  }

  private String ofInterface(String file) {
    try {
      return Files.readString(ofInterface(Path.of(file))).trim();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Path ofInterface(Path file) {
    return Path.of("/sys/class/net", nic.tap().orElseThrow()).resolve(file);
  }

  private MachineSpec withTap(MachineSpec spec) {
    try {
      HostAddress address = new HostAddress(InetAddress.getByAddress(HOST), 24);
      nic =
          new MachineNic(
              new NetSpec(
                  "net0",
                  "net0",
                  MacAddress.parse("02:00:00:00:00:01"),
                  2,
                  16,
                  0,
                  NicLimiters.UNLIMITED,
                  null,
                  new TapSpec(null, List.of(), address, false, null, 0, 2, Offloads.ALL)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return new MachineSpec(
        spec.name(), spec.payload(), spec.cpus(), spec.ram(), List.of(nic), spec.threads());
  }

  private static void talk(Assembler a) {
    for (MicroDriver.Queue queue : RECEIVE) {
      queue.part(a, 0, queue.buffers(), 2048, true, true);
    }
    SEND.part(a, 0, SEND.buffers(), HEADER + FRAME, false, true);
    NET.start(a, FEATURES, RECEIVE[0], RECEIVE[1], SEND, CONTROL);
    command(a, 4, 0, Short.BYTES, 2);
    command(a, 5, 0, Long.BYTES, 1 << 1);
    a.store(8, LINK, 1);
    for (MicroDriver.Queue queue : RECEIVE) {
      queue.submit(a);
    }
    SEND.submit(a);
    a.print("ready");
    a.forever(
        () -> {
          a.mov(RBX, NET.bar() + DEVICE_CONFIG);
          a.loadZero(2, RAX, Mem.at(RBX, STATUS));
          a.and(RAX, 1);
          a.store(8, LINK, RAX);
          for (MicroDriver.Queue queue : RECEIVE) {
            take(a, queue);
          }
          sendAgain(a);
        });
  }

  /** Carries out a command, which must be answered with 0. */
  private static void command(Assembler a, int type, int command, int bytes, int data) {
    long buffer = CONTROL.buffers();
    a.store(1, Mem.at(buffer), type);
    a.store(1, Mem.at(buffer + 1), command);
    a.store(8, Mem.at(buffer + 2), data);
    a.store(1, Mem.at(buffer + 16), 0xff);
    CONTROL.part(a, 0, buffer, 2 + bytes, false, false);
    CONTROL.part(a, 1, buffer + 16, 1, true, true);
    CONTROL.submit(a);
    CONTROL.await(a);
    Label good = a.label();
    a.cmp(1, Mem.at(buffer + 16), 0);
    a.jump(Condition.EQUAL, good);
    a.print("refused: command " + type);
    a.powerOff();
    a.here(good);
  }

  private static void take(Assembler a, MicroDriver.Queue queue) {
    Label none = a.label();
    Label finished = a.label();
    queue.compare(a);
    a.jump(Condition.NOT_EQUAL, none);
    a.cmp(1, Mem.at(queue.buffers()), NEEDS_CHECKSUM);
    a.jump(Condition.NOT_EQUAL, finished);
    a.inc(8, UNFINISHED);
    a.here(finished);
    queue.submit(a);
    a.here(none);
  }

  private static void sendAgain(Assembler a) {
    Label busy = a.label();
    SEND.compare(a);
    a.jump(Condition.NOT_EQUAL, busy);
    a.inc(8, SENT);
    SEND.submit(a);
    a.here(busy);
  }
}
