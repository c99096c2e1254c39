package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.ConsoleMode;
import dev.javisor.config.DiskEngine;
import dev.javisor.internal.block.file.DiskSpec;
import dev.javisor.internal.console.ConsolePorts;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import dev.javisor.testing.microguest.RamCopy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A guest at work is saved, and goes on in a new machine with descriptors and threads of its own.
 */
@Timeout(120)
class MachineStateTest {
  private static final int MOVES = 6;
  private static final int SECTORS = StateGuest.SECTORS;
  private static final int SECTOR = StateGuest.SECTOR;
  private static final int VECTOR = 0x41;

  @TempDir Path folder;
  private final HeldDisk held = new HeldDisk((long) SECTORS * SECTOR);
  private final Mirror mirror = new Mirror();
  private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
  private final StringBuilder printed = new StringBuilder();
  private final StringBuilder serial = new StringBuilder();
  private Path disk;
  private int machines;
  private long framesReceived;

  @AfterEach
  void stop() {
    later.shutdownNow();
  }

  @Test
  void shouldLoseAndRepeatNothing_whenMovedWhileAllDevicesWork() throws Exception {
    disk = Files.write(folder.resolve("disk.raw"), new byte[SECTORS * SECTOR]);
    MicroGuest guest = MicroGuest.code(StateGuest::workWithAll);
    StringBuilder typed = new StringBuilder();
    MicroMachine vm = MicroMachine.create(guest, this::withAll);
    vm.machine().boot();
    for (int i = 0; i < MOVES; i++) {
      awaitRounds(vm, 10);
      type(vm, "abc", typed);
      pauseWithRequestUnderWay(vm);
      type(vm, "xyz", typed);
      vm = moved(vm, guest, this::withAll);
    }
    awaitRounds(vm, typed.length());
    long rounds = stop(vm);

    assertEquals(upTo(rounds), held.firstWords(), "each write once");
    assertEquals(upTo(rounds).stream().map(n -> n % SECTORS).toList(), held.written());
    assertEquals(
        rounds * StateGuest.ENTROPY, vm.memory().readLong(StateGuest.ENTROPY_BYTES.displacement()));
    countFrames(vm);
    long framesTaken = vm.memory().readLong(StateGuest.FRAMES.displacement());
    vm.close();
    keepOutput(vm);
    assertEquals(upTo(rounds), mirror.numbers(), "each frame once");
    assertTrue(framesTaken > MOVES, framesTaken + " frames came in");
    // The last one may have come too late for the guest to see it.
    assertTrue(
        framesReceived == framesTaken || framesReceived == framesTaken + 1,
        "%d frames for the guest, which saw %d".formatted(framesReceived, framesTaken));
    assertFileHolds(rounds);
    assertEquals(letters(rounds) + ".", printed.toString(), "the virtio console");
    assertEquals(letters(rounds), serial.toString().replaceAll("[a-z]", ""), "the serial port");
    assertEquals(typed.toString(), serial.toString().replaceAll("[^a-z]", ""), "the echo");
  }

  @Test
  void shouldLoseNoInterrupt_whenMovedWhileTheGuestSleepsUntilItsDiskIsDone() throws Exception {
    MicroGuest guest =
        MicroGuest.kernelCode(a -> StateGuest.sleepForEachWrite(a, VECTOR))
            .handler(VECTOR, a -> a.inc(8, StateGuest.INTERRUPTS));
    MicroMachine vm = MicroMachine.create(guest, this::withHeldDisk);
    vm.machine().boot();
    for (int i = 0; i < MOVES; i++) {
      awaitRounds(vm, 2);
      pauseWithRequestUnderWay(vm);
      vm = moved(vm, guest, this::withHeldDisk);
    }
    awaitRounds(vm, 2);
    try (MicroMachine last = vm) {
      last.memory().writeInt(StateGuest.STOP.displacement(), 1);
      last.awaitConsole(".");

      long rounds = last.memory().readLong(StateGuest.ROUNDS.displacement());
      assertEquals(upTo(rounds), held.firstWords());
      assertEquals(rounds, last.memory().readLong(StateGuest.INTERRUPTS.displacement()));
    }
  }

  private MachineSpec withAll(MachineSpec spec) {
    ConsolePorts consoles =
        new ConsolePorts(ConsoleMode.file(serialFile(++machines)), ConsoleMode.api());
    List<PciDeviceFactory> devices =
        List.of(
            DiskDevices.from(spec("disk0", disk, null)),
            DiskDevices.from(spec("disk1", null, held)),
            EntropyDevices.from(Path.of("/dev/urandom")),
            mirror.device());
    return with(spec, consoles, devices);
  }

  private MachineSpec withHeldDisk(MachineSpec spec) {
    return with(spec, ConsolePorts.DEFAULT, List.of(DiskDevices.from(spec("disk0", null, held))));
  }

  private static MachineSpec with(
      MachineSpec spec, ConsolePorts consoles, List<PciDeviceFactory> devices) {
    return MachineSpecs.withConsoles(
        MachineSpecs.withDevices(spec, devices.toArray(PciDeviceFactory[]::new)), consoles);
  }

  private static DiskSpec spec(String id, Path path, HeldDisk backend) {
    return new DiskSpec(id, id, path, backend, false, false, 1, 16, "", DiskEngine.AUTO);
  }

  private Path serialFile(int machine) {
    return folder.resolve("serial" + machine);
  }

  /** Pauses while the disk has yet to answer, which it does soon. */
  private void pauseWithRequestUnderWay(MicroMachine vm) throws InterruptedException {
    held.holdOne();
    later.schedule(held::release, 20, TimeUnit.MILLISECONDS);
    vm.machine().pause();
  }

  private MicroMachine moved(
      MicroMachine vm, MicroGuest guest, UnaryOperator<MachineSpec> specification)
      throws IOException {
    MachineState state = vm.machine().save();
    RamCopy ram = RamCopy.of(vm.memory());
    countFrames(vm);
    vm.close();
    keepOutput(vm);
    MicroMachine heir = MicroMachine.create(guest, specification);
    heir.machine().restore(state, ram::to);
    heir.machine().resume();
    return heir;
  }

  private void countFrames(MicroMachine vm) {
    framesReceived +=
        vm.machine().counters().getOrDefault("net0", Map.of("rx_frames", 0L)).get("rx_frames");
  }

  private void keepOutput(MicroMachine ended) throws IOException {
    printed.append(ended.console());
    if (machines > 0) {
      serial.append(Files.readString(serialFile(machines), StandardCharsets.US_ASCII));
    }
  }

  private static void type(MicroMachine vm, String text, StringBuilder typed) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    assertEquals(bytes.length, vm.machine().consoleInput(bytes, 0, bytes.length));
    typed.append(text);
  }

  private static void awaitRounds(MicroMachine vm, int rounds) {
    long before = vm.memory().readLong(StateGuest.ROUNDS.displacement());
    vm.await(
        () -> vm.memory().readLong(StateGuest.ROUNDS.displacement()) >= before + rounds,
        "rounds after " + before);
  }

  /** Lets the guest end its round; returns how many there were. */
  private static long stop(MicroMachine vm) {
    vm.memory().writeInt(StateGuest.STOP.displacement(), 1);
    vm.awaitConsole(".");
    return vm.memory().readLong(StateGuest.ROUNDS.displacement());
  }

  private void assertFileHolds(long rounds) throws IOException {
    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(disk)).order(ByteOrder.LITTLE_ENDIAN);
    for (long round = Math.max(0, rounds - SECTORS); round < rounds; round++) {
      int at = (int) (round % SECTORS) * SECTOR;
      assertEquals(round, content.getLong(at), "sector of round " + round);
      assertEquals(round, content.getLong(at + SECTOR - 8), "sector of round " + round);
    }
  }

  private static List<Long> upTo(long rounds) {
    return LongStream.range(0, rounds).boxed().toList();
  }

  private static String letters(long rounds) {
    StringBuilder letters = new StringBuilder();
    for (long round = 0; round < rounds; round++) {
      letters.append((char) ('A' + round % 16));
    }
    return letters.toString();
  }
}
