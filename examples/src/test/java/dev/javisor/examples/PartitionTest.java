package dev.javisor.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.javisor.VirtualMachine;
import dev.javisor.junit.Vm;
import dev.javisor.net.VirtualSwitch;
import org.junit.jupiter.api.Test;

/** Two machines on one network, and what the network does to them. */
class PartitionTest {
  @Test
  void shouldMissTheOther_whenCutOff(
      @Vm(value = "web", network = "lan") VirtualMachine web,
      @Vm(value = "db", network = "lan") VirtualMachine db,
      @Vm(network = "lan") VirtualSwitch network)
      throws InterruptedException {
    web.exec("ping", "-c", "1", "db").requireSuccess();
    network.isolate("db");
    assertEquals(1, web.exec("ping", "-c", "1", "-W", "1", "db").exitCode());
    network.heal();
    assertEquals("db\n", db.exec("hostname").stdout());
  }
}
