package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VmExit;
import org.junit.jupiter.api.Test;

class EndingTest {
  private final Ending ending = new Ending();

  @Test
  void shouldKeepTheFirstWish_whenTheGuestHasSeveral() {
    ending.guestEnd(new VmExit.PowerOff());
    ending.guestReset();
    ending.guestEnd(new VmExit.TripleFault("late"));

    assertEquals(new VmExit.PowerOff(), ending.await().exit());
  }

  @Test
  void shouldEndInsteadOfStartingAnew_whenTheHostWantsTheEndAfterAGuestReset() {
    ending.guestReset();
    ending.hostEnd(new VmExit.Killed());

    assertEquals(new VmExit.Killed(), ending.await().exit());
  }

  @Test
  void shouldNotForgetTheEnd_whenAResetHasBeenServed() {
    ending.hostEnd(new VmExit.Killed());
    ending.forgetGuestReset();

    assertFalse(ending.isResetWished());
    assertEquals(new VmExit.Killed(), ending.await().exit());
  }

  @Test
  void shouldForgetAReset_whenItHasBeenServed() {
    ending.guestReset();
    assertTrue(ending.await().isGuestReset());

    ending.forgetGuestReset();
    ending.guestEnd(new VmExit.PowerOff());

    assertEquals(new VmExit.PowerOff(), ending.await().exit());
  }
}
