package dev.javisor;

import static dev.javisor.VmFixture.LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.BootStage;
import dev.javisor.error.GuestBootException;
import dev.javisor.error.VmStateException;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmState;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class VmThreadsTest {
  @TempDir Path directory;
  private VmFixture fixture;

  @BeforeEach
  void setUp() {
    fixture = new VmFixture(directory);
  }

  @Test
  void shouldMakeAllThreadsByTheCallersFactory_namedAndAsDaemons() {
    List<Thread> made = new CopyOnWriteArrayList<>();
    ThreadFactory factory =
        body -> {
          Thread thread = new Thread(body, "mine");
          made.add(thread);
          return thread;
        };

    fixture.builder().threadFactory(factory).build().boot().close();

    assertEquals(
        List.of("javisor-test-events", "javisor-test-vcpu0"),
        made.stream().map(Thread::getName).toList());
    assertTrue(made.stream().allMatch(Thread::isDaemon));
  }

  @Test
  void shouldLeaveNoThreadBehind_whenClosed() {
    List<Thread> made = new CopyOnWriteArrayList<>();

    fixture
        .builder()
        .threadFactory(
            body -> {
              Thread thread = new Thread(body);
              made.add(thread);
              return thread;
            })
        .build()
        .boot()
        .close();

    assertEquals(List.of(), made.stream().filter(Thread::isAlive).toList());
  }

  @Test
  void shouldCarryTheLogContextOfTheThreadThatBoots() {
    List<String> seen = new CopyOnWriteArrayList<>();
    try (ThreadLocalMdc mdc = new ThreadLocalMdc()) {
      VirtualMachine.Builder builder =
          fixture.builder().listener(event -> seen.add(mdc.get("request")));
      mdc.put("request", "42");
      VirtualMachine vm = builder.build().boot();
      mdc.put("request", "43");
      fixture.machine().guest(() -> seen.add(mdc.get("request")));
      vm.close();
    }

    assertTrue(seen.size() >= 3, seen::toString);
    assertTrue(seen.stream().allMatch("42"::equals), seen::toString);
  }

  @Test
  void shouldFailTheBoot_whenTheFactoryMakesNoThread() {
    VirtualMachine vm = fixture.builder().threadFactory(body -> null).build();

    GuestBootException e = assertThrows(GuestBootException.class, vm::boot);

    assertEquals(BootStage.START, e.stage());
    assertTrue(e.getMessage().contains("threadFactory made no thread for events"), e.getMessage());
    assertInstanceOf(VmExit.Failed.class, vm.exit().join());
  }

  @Test
  void shouldFailTheBoot_whenTheFactoryFails() {
    VirtualMachine vm =
        fixture
            .builder()
            .threadFactory(
                body -> {
                  throw new IllegalArgumentException("no more threads");
                })
            .build();

    GuestBootException e = assertThrows(GuestBootException.class, vm::boot);

    assertTrue(e.getMessage().contains("no more threads"), e.getMessage());
  }

  @Test
  void shouldFailTheBoot_whenTheFactoryMakesVirtualThreads() throws Exception {
    ThreadFactory factory = virtualThreads();
    VirtualMachine vm = fixture.builder().threadFactory(factory).build();

    GuestBootException e = assertThrows(GuestBootException.class, vm::boot);

    assertTrue(e.getMessage().contains("thread for events"), e.getMessage());
  }

  @Test
  void shouldTakePlatformThreads_whenTheyAreInTheGroupOfVirtualOnes() {
    // Where a platform thread lands that a virtual thread makes; any JDK can make such a group.
    ThreadGroup group = new ThreadGroup("VirtualThreads");

    try (VirtualMachine vm =
        fixture.builder().threadFactory(body -> new Thread(group, body)).build().boot()) {
      assertEquals(VmState.RUNNING, vm.state());
    }
  }

  @Test
  void shouldServeVirtualThreads_whereTheJdkHasThem() throws Exception {
    CompletableFuture<Object> result = new CompletableFuture<>();

    startVirtual(
        () -> {
          try (VirtualMachine vm = fixture.boot()) {
            vm.pause();
            vm.resume();
            vm.console().write("x");
            fixture.machine().guestExits(new VmExit.PowerOff());
            result.complete(vm.awaitExit(LONG));
          } catch (Throwable e) {
            result.complete(e);
          }
        });

    assertEquals(new VmExit.PowerOff(), result.get(30, TimeUnit.SECONDS));
  }

  @Test
  void shouldSaySo_whenItIsKilledWhileAPauseWaitsForADevice() {
    try (VirtualMachine vm = fixture.boot()) {
      fixture.platform.duringPause =
          () -> {
            vm.kill();
            throw new IllegalStateException("the machine was closed during its pause");
          };

      VmStateException e = assertThrows(VmStateException.class, vm::pause);

      assertTrue(e.getMessage().contains("closed during its pause"), e.getMessage());
    }
  }

  /**
   * Makes virtual threads, or on a JDK that has none no threads, which a boot must not take either.
   */
  private static ThreadFactory virtualThreads() throws ReflectiveOperationException {
    Object builder;
    try {
      builder = Thread.class.getMethod("ofVirtual").invoke(null);
    } catch (NoSuchMethodException e) {
      return body -> null;
    }
    Class<?> type = Class.forName("java.lang.Thread$Builder");
    return (ThreadFactory) type.getMethod("factory").invoke(builder);
  }

  /** Starts a virtual thread, or a platform thread on a JDK that has no others. */
  private static void startVirtual(Runnable body) throws ReflectiveOperationException {
    try {
      Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, body);
    } catch (NoSuchMethodException e) {
      new Thread(body).start();
    } catch (InvocationTargetException e) {
      throw new AssertionError(e.getCause());
    }
  }
}
