package dev.javisor.junit;

import static dev.javisor.junit.VmCases.assertRunning;
import static org.junit.jupiter.api.Assertions.fail;

import dev.javisor.VirtualMachine;
import dev.javisor.junit.VmCases.WithFakes;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Tests that want machines at the same time, which {@link ParallelVmTest} runs. */
final class ParallelCases {
  private ParallelCases() {}

  @WithFakes
  static class ManyAtOnce {
    @RepeatedTest(12)
    void test(@Vm(cpus = 2) VirtualMachine vm) throws InterruptedException {
      assertRunning(vm);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @WithFakes
  static class SharedMany {
    @RepeatedTest(8)
    void test(@Vm(shared = "many") VirtualMachine vm) {
      assertRunning(vm);
    }
  }

  @WithFakes
  static class SharedManyToo {
    @RepeatedTest(8)
    void other(@Vm(shared = "many") VirtualMachine vm) {
      assertRunning(vm);
    }
  }

  /** Its tests want more than is left while it holds one itself. */
  @WithFakes
  static class Holding {
    @Vm static VirtualMachine vm;

    @Test
    void first(@Vm VirtualMachine other) {
      assertRunning(other);
    }

    @Test
    void second(@Vm VirtualMachine other) {
      assertRunning(other);
    }
  }

  /** Likewise. */
  @WithFakes
  static class HoldingToo {
    @Vm static VirtualMachine vm;

    @Test
    void third(@Vm VirtualMachine other) {
      assertRunning(other);
    }

    @Test
    void fourth(@Vm VirtualMachine other) {
      assertRunning(other);
    }
  }

  /** Two that meet: both must run at once. */
  @WithFakes
  static class Meeting {
    static CountDownLatch both = new CountDownLatch(2);

    @Test
    void here(@Vm VirtualMachine vm) throws InterruptedException {
      meet(vm);
    }

    @Test
    void there(@Vm VirtualMachine vm) throws InterruptedException {
      meet(vm);
    }

    private static void meet(VirtualMachine vm) throws InterruptedException {
      assertRunning(vm);
      both.countDown();
      if (!both.await(1, TimeUnit.MINUTES)) {
        fail("the other one did not come");
      }
    }
  }

  /** Says one vCPU, and sets two. */
  static final class Doubling implements VmSetup {
    @Override
    public void configure(VirtualMachine.Builder builder) {
      builder.cpus(2);
    }
  }

  @WithFakes
  static class Growing {
    @RepeatedTest(8)
    void test(@Vm(setup = Doubling.class) VirtualMachine vm) throws InterruptedException {
      assertRunning(vm);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}
