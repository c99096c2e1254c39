package dev.javisor.internal.x86;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InitialStateTest {
  @Test
  void shouldCacheAllMemory_whenMtrrsAreSet() {
    assertEquals(0x806, InitialMsrs.values().get(0x2ff));
    assertEquals(1, InitialMsrs.values().get(0x1a0));
    assertEquals(11, InitialMsrs.values().size());
  }

  @Test
  void shouldWirePinsAsAPc_whenLapicIsFresh() {
    ByteBuffer page = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
    page.putInt(0x350, 0x10000).putInt(0x360, 0x10000);

    ByteBuffer changed =
        ByteBuffer.wrap(LapicPage.withPins(page.array())).order(ByteOrder.LITTLE_ENDIAN);

    assertEquals(0x10700, changed.getInt(0x350));
    assertEquals(0x10400, changed.getInt(0x360));
  }

  @Test
  void shouldTouchNothingElse_whenPinsAreWired() {
    byte[] page = new byte[1024];
    new Random(1).nextBytes(page);

    byte[] changed = LapicPage.withPins(page);

    for (int i = 0; i < page.length; i++) {
      boolean deliveryMode = i == 0x351 || i == 0x361;
      int kept = deliveryMode ? 0xf8 : 0xff;
      assertEquals(page[i] & kept, changed[i] & kept, "byte " + i);
    }
  }

  @Test
  void shouldRefuse_whenPageHasAnotherSize() {
    assertThrows(IllegalArgumentException.class, () -> LapicPage.withPins(new byte[1023]));
  }
}
