package dev.javisor.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.javisor.VirtualMachine;
import dev.javisor.event.VmState;
import dev.javisor.net.VirtualSwitch;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tests as users write them, which {@link VmTest} runs. */
final class VmCases {
  private VmCases() {}

  @Retention(RetentionPolicy.RUNTIME)
  @ExtendWith(UseFakes.class)
  @interface WithFakes {}

  static void assertRunning(VirtualMachine vm) {
    assertEquals(VmState.RUNNING, vm.state());
  }

  @WithFakes
  static class Parameters {
    @Test
    void one(@Vm VirtualMachine vm) {
      assertRunning(vm);
      assertEquals(vm, vm);
    }

    @Test
    void two(@Vm VirtualMachine first, @Vm(cpus = 2, memory = "1G") VirtualMachine second) {
      assertRunning(first);
      assertRunning(second);
      assertNotSame(first, second);
    }

    @Test
    void none() {}
  }

  @WithFakes
  static class InstanceFields {
    @Vm VirtualMachine shown;
    @Vm private VirtualMachine hidden;

    @BeforeEach
    void prepare() {
      assertRunning(shown);
    }

    @Test
    void first() {
      assertRunning(hidden);
    }

    @Test
    void second() {
      assertRunning(hidden);
      assertNotSame(shown, hidden);
    }
  }

  @WithFakes
  static class StaticField {
    @Vm static VirtualMachine vm;
    static @Nullable VirtualMachine seen;

    @BeforeAll
    static void prepare() {
      assertRunning(vm);
      seen = vm;
    }

    @Test
    void first() {
      assertSame(seen, vm);
    }

    @Nested
    class Inside {
      @Test
      void second() {
        assertRunning(vm);
        assertSame(seen, vm);
      }
    }

    @AfterAll
    static void end() {
      assertRunning(vm);
    }
  }

  @WithFakes
  static class Named {
    @Vm("db")
    VirtualMachine database;

    @BeforeEach
    void prepare(@Vm("db") VirtualMachine vm) {
      assertSame(database, vm);
    }

    @Test
    void test(@Vm("db") VirtualMachine vm, @Vm("web") VirtualMachine other) {
      assertSame(database, vm);
      assertNotSame(vm, other);
    }

    @AfterEach
    void end(@Vm("db") VirtualMachine vm) {
      assertSame(database, vm);
      assertRunning(vm);
    }
  }

  @WithFakes
  static class OfConstructor {
    private final VirtualMachine vm;

    OfConstructor(@Vm("mine") VirtualMachine vm) {
      this.vm = vm;
    }

    @Test
    void first() {
      assertRunning(vm);
    }

    @Test
    void second() {
      assertRunning(vm);
    }
  }

  @WithFakes
  static class SharedHere {
    static @Nullable VirtualMachine seen;

    @Vm(shared = "both")
    static VirtualMachine vm;

    @Test
    void here(@Vm(shared = "both") VirtualMachine same) {
      assertSame(vm, same);
      seen = vm;
    }
  }

  @WithFakes
  static class SharedThere {
    @Test
    void there(@Vm(shared = "both") VirtualMachine vm) {
      assertRunning(vm);
      assertSame(SharedHere.seen, vm);
    }
  }

  @WithFakes
  static class SharedOtherwise {
    @Test
    void otherwise(@Vm(shared = "both", cpus = 2) VirtualMachine vm) {
      fail("it got " + vm);
    }
  }

  static final class WithRng implements VmSetup {
    @Override
    public void configure(VirtualMachine.Builder builder) {
      builder.rng();
    }
  }

  @WithFakes
  static class Configured {
    @Test
    void test(
        @Vm(cpus = 3, memory = "1G", cmdline = "quiet", setup = WithRng.class) VirtualMachine vm) {
      assertRunning(vm);
    }
  }

  @WithFakes
  static class OnANetwork {
    @Vm(network = "lan")
    static VirtualSwitch ofClass;

    @Vm(network = "lan")
    VirtualSwitch ofTest;

    static @Nullable VirtualSwitch own;

    @Test
    void joins(
        @Vm(value = "db", network = "lan") VirtualMachine db,
        @Vm(network = "own") VirtualSwitch another,
        @Vm(network = "lan") VirtualSwitch network) {
      assertRunning(db);
      assertSame(ofClass, network);
      assertSame(ofTest, network);
      assertNotSame(network, another);
      assertTrue(network.ports().contains("db"));
      network.isolate("db");
      own = another;
    }
  }

  @WithFakes
  static class OfAnImage {
    static final String IMAGE = "target/vm-test-image";

    @RegisterExtension
    final VmExtension byCode = VmExtension.builder().image(Path.of(IMAGE)).build();

    @Test
    void fails(@Vm(image = IMAGE) VirtualMachine vm) {
      assertRunning(vm);
      assertRunning(byCode.vm());
      fail("on purpose");
    }
  }

  @WithFakes
  static class WithoutDefaults {
    @Test
    void test(@Vm(defaults = false, setup = WithRng.class) VirtualMachine vm) {
      assertRunning(vm);
    }
  }

  @WithFakes
  static class Failing {
    @Vm static VirtualMachine ofClass;

    @Test
    void fails(@Vm("mine") VirtualMachine vm) {
      assertRunning(vm);
      fail("on purpose");
    }

    @Test
    void succeeds(@Vm("mine") VirtualMachine vm) {
      assertRunning(vm);
    }
  }

  @WithFakes
  static class Commanding {
    @Test
    void fails(@Vm VirtualMachine vm) throws InterruptedException {
      assertEquals("I am one", vm.exec("one", "x").stdout());
      assertEquals("I am two", vm.agent().exec("two").stdout());
      assertEquals("I am three", vm.agent().command("three").directory("/").run().stdout());
      vm.agent().command("four").start();
    }
  }

  @WithFakes
  static class FailingClass {
    @Vm static VirtualMachine vm;

    @BeforeAll
    static void fails() {
      throw new IllegalStateException("on purpose");
    }

    @Test
    void test() {}
  }

  @WithFakes
  static class Choosing {
    @Test
    void asConfigured(@Vm VirtualMachine vm) {
      assertRunning(vm);
    }

    @Test
    void skips(@Vm(unavailable = WhenUnavailable.SKIP) VirtualMachine vm) {
      assertRunning(vm);
    }

    @Test
    void fails(@Vm(unavailable = WhenUnavailable.FAIL) VirtualMachine vm) {
      assertRunning(vm);
    }

    @Test
    void needsNone() {}
  }

  @WithFakes
  static class Registered {
    @RegisterExtension
    static final VmExtension OF_CLASS = VmExtension.builder().cpus(2).memory("512M").build();

    @RegisterExtension
    final VmExtension ofTest = VmExtension.builder().configure(builder -> builder.rng()).build();

    static @Nullable VirtualMachine seen;

    @BeforeAll
    static void prepare() {
      seen = OF_CLASS.vm();
    }

    @Test
    void first() {
      assertRunning(ofTest.vm());
      assertSame(seen, OF_CLASS.vm());
    }

    @Test
    void second() {
      assertRunning(ofTest.vm());
      assertNotSame(ofTest.vm(), OF_CLASS.vm());
    }
  }
}
