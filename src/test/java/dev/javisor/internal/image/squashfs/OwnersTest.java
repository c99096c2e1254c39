package dev.javisor.internal.image.squashfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import org.junit.jupiter.api.Test;

/** Users and groups by numbers of 16 bits. */
class OwnersTest {
  @Test
  void shouldRefuseMoreThanItHasNumbersFor() {
    Owners owners = new Owners("an image");
    for (int i = 0; i < 0xffff; i++) {
      assertEquals(i, owners.number(100_000L + i));
    }

    assertEquals(7, owners.number(100_007));
    ImageException e = assertThrows(ImageException.class, () -> owners.number(7));
    assertEquals(Reason.TOO_LARGE, e.reason());
  }
}
