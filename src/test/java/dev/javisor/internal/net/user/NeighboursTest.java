package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.net.ip.IpAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Addresses that guests say are theirs. */
class NeighboursTest {
  private final Map<Long, NamedGuest> names =
      new HashMap<>(Map.of(1L, new NamedGuest("a", 0), 2L, new NamedGuest("b", 1)));
  private final Neighbours neighbours = new Neighbours(names::get);

  private static IpAddress address(int number) {
    return IpAddress.v4(0x0a00_0000 + number);
  }

  @Test
  void shouldForgetNoOnesAddress_whenAnotherMakesUpMany() {
    neighbours.heard(address(0), 1);
    for (int i = 1; i <= 10 * Neighbours.MOST; i++) {
      neighbours.heard(address(i), 2);
    }

    assertEquals(1, neighbours.mac(address(0)));
    assertEquals(-1, neighbours.mac(address(1)));
    assertEquals(2, neighbours.mac(address(10 * Neighbours.MOST)));
  }

  @Test
  void shouldKeepWhatAGuestTookOver_whenTheOtherForgetsIt() {
    neighbours.heard(address(0), 2);
    assertTrue(neighbours.heard(address(0), 1));
    for (int i = 1; i <= Neighbours.MOST; i++) {
      neighbours.heard(address(i), 2);
    }

    assertEquals(1, neighbours.mac(address(0)));
    assertEquals("a", neighbours.guest(address(0)));
  }

  @Test
  void shouldLetNobodyHaveWhatWasGivenToAnother() {
    neighbours.heard(address(0), 2);
    neighbours.give(address(0), "a");

    assertFalse(neighbours.heard(address(0), 3));
    assertTrue(neighbours.heard(address(0), 1));
    assertFalse(neighbours.heard(address(0), 2));
    assertEquals(1, neighbours.mac(address(0)));
  }

  @Test
  void shouldPreferTheAddressThatWasGiven() {
    neighbours.give(address(3), "a");
    neighbours.heard(address(9), 1);
    assertEquals(Optional.of(address(9)), neighbours.address("a"));

    neighbours.heard(address(3), 1);
    neighbours.heard(address(9), 1);

    assertEquals(Optional.of(address(3)), neighbours.address("a"));
  }

  @Test
  void shouldKnowNoAddress_onceTheMachineHasGone() {
    neighbours.heard(address(5), 1);
    assertEquals(Optional.of(address(5)), neighbours.address("a"));

    names.remove(1L);

    assertEquals(Optional.empty(), neighbours.address("a"));
    assertEquals(Optional.of(address(5)), neighbours.expected("a"));
    assertEquals(Optional.empty(), neighbours.expected("b"));
  }

  @Test
  void shouldFollowAMachineToAnotherPort() {
    neighbours.heard(address(5), 1);
    names.put(1L, new NamedGuest("c", 2));
    neighbours.heard(address(5), 1);

    assertEquals(Optional.empty(), neighbours.address("a"));
    assertEquals(Optional.of(address(5)), neighbours.address("c"));
  }

  @Test
  void shouldNameNobody_whereThereIsOneGuest() {
    Neighbours ofOne = new Neighbours(null);
    ofOne.heard(address(1), 1);
    ofOne.heard(address(2), 2);

    assertNull(ofOne.guest(1));
    assertNull(ofOne.guest(address(1)));
    assertEquals(Optional.of(address(2)), ofOne.address(null));
    assertEquals(1, ofOne.mac(address(1)));
  }
}
