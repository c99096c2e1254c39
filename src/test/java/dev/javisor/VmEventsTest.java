package dev.javisor;

import static dev.javisor.VmFixture.LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.javisor.error.GuestBootException;
import dev.javisor.error.JavisorException;
import dev.javisor.event.VmEvent;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmListener;
import dev.javisor.event.VmState;
import dev.javisor.testing.CapturedLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What listeners hear, when, and on which thread. */
@Timeout(60)
class VmEventsTest {
  @TempDir Path directory;
  private VmFixture fixture;
  private final HeardEvents heard = new HeardEvents();

  @BeforeEach
  void setUp() {
    fixture = new VmFixture(directory);
  }

  @Test
  void shouldTellOfAMachinesLifeInOrder() throws Exception {
    VirtualMachine vm = fixture.builder().listener(heard).build().boot();
    vm.pause();
    vm.resume();
    vm.reset();
    fixture.machine().guestExits(new VmExit.PowerOff());
    vm.awaitExit(LONG);
    vm.close();

    assertEquals(
        List.of(
            "CREATED->RUNNING",
            "RUNNING->PAUSED",
            "PAUSED->RUNNING",
            "reboot",
            "RUNNING->EXITED",
            "exit PowerOff[]",
            "EXITED->CLOSED"),
        heard.texts);
  }

  @Test
  void shouldTellOfDevices() throws Exception {
    List<String> devices = new CopyOnWriteArrayList<>();
    VmListener listener =
        event -> {
          if (event instanceof VmEvent.DeviceActivated e) {
            devices.add(e.device() + " activated");
          } else if (event instanceof VmEvent.DeviceReset e) {
            devices.add(e.device() + " reset");
          }
        };
    try (VirtualMachine vm = fixture.builder().listener(listener).build().boot()) {
      fixture.machine().guestUsesDevice("disk0");
      fixture.machine().guestResetsDevice("disk0");
      fixture.machine().guestExits(new VmExit.PowerOff());
      vm.awaitExit(LONG);
    }

    assertEquals(List.of("disk0 activated", "disk0 reset"), devices);
  }

  @Test
  void shouldTellWhatDevicesCounted_fromTheBootOnAndAfterTheEnd() {
    VirtualMachine vm = fixture.builder().build();
    assertEquals(Map.of(), vm.counters());

    vm.boot();
    assertEquals(Map.of("disk0", Map.of("read_ops", 3L)), vm.counters());
    vm.close();

    assertEquals(Map.of("disk0", Map.of("read_ops", 3L)), vm.counters());
  }

  @Test
  void shouldNameTheMachineAndTheTime() {
    Instant before = Instant.now();
    List<VmEvent> events = new CopyOnWriteArrayList<>();

    fixture.builder().name("db").listener(events::add).build().close();

    assertEquals(2, events.size());
    assertEquals("db", events.get(0).vm());
    assertFalse(events.get(0).time().isBefore(before));
    assertFalse(events.get(0).time().isAfter(Instant.now()));
  }

  @Test
  void shouldTellEverything_whenTheGuestEndsBeforeBootReturns() throws Exception {
    fixture.platform.afterBoot = machine -> machine.guestExits(new VmExit.PowerOff());

    try (VirtualMachine vm = fixture.builder().listener(heard).build().boot()) {
      vm.awaitExit(LONG);
    }

    assertEquals(
        List.of("CREATED->RUNNING", "RUNNING->EXITED", "exit PowerOff[]", "EXITED->CLOSED"),
        heard.texts);
  }

  @Test
  void shouldNotSayThatItRan_whenTheBootFailed() {
    fixture.platform.bootFailure = new IllegalStateException("on purpose");
    VirtualMachine vm = fixture.builder().listener(heard).build();

    assertThrows(GuestBootException.class, vm::boot);

    assertEquals(2, heard.texts.size(), heard.texts::toString);
    assertTrue(heard.texts.get(0).startsWith("exit Failed"), heard.texts::toString);
    assertEquals("CREATED->CLOSED", heard.texts.get(1));
  }

  @Test
  void shouldCompleteTheFutureAfterEverythingWasDelivered() {
    try (VirtualMachine vm =
        fixture
            .builder()
            .listener(heard)
            .console(line -> heard.texts.add("line " + line))
            .build()
            .boot()) {
      CompletableFuture<List<String>> seen = vm.exit().thenApply(exit -> List.copyOf(heard.texts));
      fixture.machine().guestWrites("one\ntwo");
      fixture.machine().guestExits(new VmExit.PowerOff());

      assertEquals(
          List.of("CREATED->RUNNING", "line one", "line two", "RUNNING->EXITED", "exit PowerOff[]"),
          seen.join());
    }
  }

  @Test
  void shouldCallTheCallersCodeOnOneThreadThatIsNoVcpu() throws Exception {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    try (VirtualMachine vm =
        fixture
            .builder()
            .listener(event -> threads.add(Thread.currentThread()))
            .console(line -> threads.add(Thread.currentThread()))
            .build()
            .boot()) {
      CompletableFuture<?> after = vm.exit().thenRun(() -> threads.add(Thread.currentThread()));
      fixture.machine().guestWrites("one\n");
      fixture.machine().guestExits(new VmExit.PowerOff());
      after.get(20, TimeUnit.SECONDS);
    }

    assertEquals(1, threads.size(), threads::toString);
    assertEquals("javisor-test-events", threads.iterator().next().getName());
  }

  @Test
  void shouldTellTheOthersAndGoOn_whenAListenerFails() throws Exception {
    String log =
        CapturedLog.of(
            () -> {
              VirtualMachine vm =
                  fixture
                      .builder()
                      .listener(
                          event -> {
                            throw new IllegalStateException("on purpose");
                          })
                      .listener(heard)
                      .build()
                      .boot();
              vm.close();
            });

    assertEquals("CREATED->RUNNING", heard.texts.get(0));
    assertEquals("EXITED->CLOSED", heard.texts.get(heard.texts.size() - 1));
    assertTrue(log.contains("on purpose"), log);
    assertTrue(log.contains("VM test"), log);
  }

  @Test
  void shouldTellOncePerMachine_whenTheConsoleOverflows() {
    try (VirtualMachine vm = fixture.builder().consoleBuffer("4K").listener(heard).build().boot()) {
      fixture.machine().guestWrites("x".repeat(20_000));

      assertEquals(20_000 - 4096, vm.console().droppedBytes());
    }

    assertEquals(
        1, heard.texts.stream().filter("overflow 4096"::equals).count(), heard.texts::toString);
  }

  @Test
  void shouldBoundWhatAGuestCanQueue_whenAListenerIsSlow() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (VirtualMachine vm =
        fixture
            .builder()
            .listener(
                event -> {
                  awaitUninterruptibly(go);
                  heard.onEvent(event);
                })
            .build()
            .boot()) {
      fixture.machine().guestWrites("Kernel panic - not syncing: x\n".repeat(10_000));
      fixture.machine().guestExits(new VmExit.PowerOff());
      go.countDown();
      vm.awaitExit(LONG);

      long panics = heard.texts.stream().filter("panic text x"::equals).count();
      assertTrue(panics >= 200 && panics <= 300, () -> "" + panics);
      assertTrue(heard.texts.contains("exit PowerOff[]"));
    }
  }

  @Test
  void shouldLetAListenerCallTheMachine_closeIncluded() throws Exception {
    CompletableFuture<VirtualMachine> made = new CompletableFuture<>();
    VirtualMachine vm =
        fixture
            .builder()
            .listener(
                event -> {
                  heard.onEvent(event);
                  if (event instanceof VmEvent.Exited) {
                    made.join().close();
                  }
                })
            .build();
    made.complete(vm);
    vm.boot();
    fixture.machine().guestExits(new VmExit.PowerOff());

    vm.exit().get(20, TimeUnit.SECONDS);
    VmFixture.await(() -> heard.texts.contains("EXITED->CLOSED"));
    assertEquals(VmState.CLOSED, vm.state());
  }

  @Test
  void shouldRefuseToWaitForItself_whenAListenerAwaitsTheExit() throws Exception {
    CompletableFuture<VirtualMachine> made = new CompletableFuture<>();
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    CompletableFuture<VmExit> answer = new CompletableFuture<>();
    VirtualMachine vm =
        fixture
            .builder()
            .listener(
                event -> {
                  try {
                    VmExit exit = made.join().awaitExit(LONG);
                    answer.complete(exit);
                  } catch (Throwable e) {
                    thrown.complete(e);
                  }
                })
            .build();
    made.complete(vm);
    try (vm) {
      vm.boot();
      assertInstanceOf(IllegalStateException.class, thrown.get(20, TimeUnit.SECONDS));
      assertFalse(thrown.join() instanceof JavisorException);

      fixture.machine().guestExits(new VmExit.PowerOff());
      assertEquals(new VmExit.PowerOff(), answer.get(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void shouldCloseInTimeAndInterrupt_whenAListenerBlocks() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    CompletableFuture<Throwable> interrupted = new CompletableFuture<>();
    VirtualMachine vm =
        fixture
            .builder()
            .listener(
                event -> {
                  blocked.countDown();
                  try {
                    Thread.sleep(Long.MAX_VALUE);
                  } catch (InterruptedException e) {
                    interrupted.complete(e);
                  }
                })
            .build()
            .boot();
    blocked.await();

    long start = System.nanoTime();
    vm.close();
    Duration took = Duration.ofNanos(System.nanoTime() - start);

    assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, took::toString);
    assertInstanceOf(InterruptedException.class, interrupted.get(20, TimeUnit.SECONDS));
    assertEquals(new VmExit.Killed(), vm.awaitExit(LONG));
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    Uninterruptibles.awaitUninterruptibly(latch);
  }
}
