package dev.javisor.event;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class VmStateTest {
  @Test
  void shouldNameStates() {
    assertEquals(VmState.CREATED, VmState.valueOf("CREATED"));
  }
}
