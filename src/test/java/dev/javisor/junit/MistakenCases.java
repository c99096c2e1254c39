package dev.javisor.junit;

import dev.javisor.VirtualMachine;
import dev.javisor.junit.VmCases.WithFakes;
import dev.javisor.net.VirtualSwitch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Tests as users write them by mistake, which {@link VmTest} runs. */
final class MistakenCases {
  private MistakenCases() {}

  @WithFakes
  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  static class Mistakes {
    @Test
    @Order(1)
    @DisplayName("type")
    void type(@Vm String vm) {}

    @Test
    @DisplayName("memory")
    void memory(@Vm(memory = "much") VirtualMachine vm) {}

    @Test
    @DisplayName("cpus")
    void cpus(@Vm(cpus = 0) VirtualMachine vm) {}

    @Test
    @DisplayName("named and shared")
    void both(@Vm(value = "a", shared = "b") VirtualMachine vm) {}

    @Test
    @DisplayName("two declarations")
    void two(@Vm("a") VirtualMachine vm, @Vm(value = "a", cpus = 2) VirtualMachine other) {}

    @Test
    @DisplayName("setup")
    void setup(@Vm(setup = Unmakeable.class) VirtualMachine vm) {}

    @Test
    @DisplayName("inner setup")
    void inner(@Vm(setup = Inner.class) VirtualMachine vm) {}

    @Test
    @DisplayName("failing setup")
    void failing(@Vm(setup = FailingSetup.class) VirtualMachine vm) {}

    @Test
    @DisplayName("too large")
    void large(@Vm(memory = "999G") VirtualMachine vm) {}

    @Test
    @DisplayName("too large by setup")
    void grown(@Vm(setup = Growing.class) VirtualMachine vm) {}

    @Test
    @DisplayName("nameless on a network")
    void nameless(@Vm(network = "lan") VirtualMachine vm) {}

    @Test
    @DisplayName("shared on a network")
    void sharedThere(@Vm(shared = "a", network = "lan") VirtualMachine vm) {}

    @Test
    @DisplayName("network without a name")
    void network(@Vm VirtualSwitch network) {}

    @Test
    @DisplayName("image without defaults")
    void image(@Vm(defaults = false, image = "x") VirtualMachine vm) {}

    @Test
    @DisplayName("command line without defaults")
    void words(@Vm(defaults = false, cmdline = "quiet") VirtualMachine vm) {}

    final class Inner implements VmSetup {
      @Override
      public void configure(VirtualMachine.Builder builder) {}
    }
  }

  static final class Unmakeable implements VmSetup {
    Unmakeable(String argument) {}

    @Override
    public void configure(VirtualMachine.Builder builder) {}
  }

  static final class Growing implements VmSetup {
    @Override
    public void configure(VirtualMachine.Builder builder) {
      builder.memory("999G");
    }
  }

  static final class FailingSetup implements VmSetup {
    @Override
    public void configure(VirtualMachine.Builder builder) throws Exception {
      throw new java.io.IOException("no disk today");
    }
  }

  @WithFakes
  static class WrongField {
    @Vm static String vm;

    @Test
    void test() {}
  }

  @WithFakes
  static class FinalField {
    @Vm final VirtualMachine vm = null;

    @Test
    void test() {}
  }
}
