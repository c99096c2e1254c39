package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.net.user.Resolver.Found;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Lookups that take as long as the test wants. */
class LookupQueueTest {
  private static final Found NOTHING = new Found(DnsMessage.NO_SUCH_NAME, List.of());

  private final Map<String, Consumer<Found>> running = new LinkedHashMap<>();
  private final List<String> done = new ArrayList<>();
  private boolean takes = true;
  private final LookupQueue queue =
      new LookupQueue(
          new Resolver() {
            @Override
            public boolean lookup(String name, Consumer<Found> found) {
              return takes && running.put(name, found) == null;
            }

            @Override
            public boolean forward(ByteBuffer query, Consumer<ByteBuffer> answer) {
              throw new AssertionError("nobody asks");
            }
          });

  private boolean lookup(String guest, String name) {
    return queue.lookup(guest, name, found -> done.add(name));
  }

  private void finish(String name) {
    running.remove(name).accept(NOTHING);
  }

  @Test
  void shouldGoOnAtOnce_whenAnothersNamesAreNeverFound() {
    int taken = 0;
    for (int i = 0; i < 1000; i++) {
      taken += lookup("slow", "slow" + i) ? 1 : 0;
    }
    assertEquals(HostResolver.THREADS / 2 + HostResolver.MOST_LOOKUPS / 2, taken);

    for (int i = 0; i < 10; i++) {
      assertTrue(lookup("quick", "quick" + i));
      finish("quick" + i);
    }

    assertEquals(10, done.size());
    assertEquals(HostResolver.THREADS / 2, running.size());
  }

  @Test
  void shouldTakeTurns_whenThereIsMoreThanCanRun() {
    for (int i = 0; i < 5; i++) {
      lookup("a", "a" + i);
      lookup("b", "b" + i);
      lookup("c", "c" + i);
    }

    while (!running.isEmpty()) {
      finish(running.keySet().iterator().next());
    }

    assertEquals(15, done.size());
    for (String guest : List.of("a", "b", "c")) {
      List<String> own = done.stream().filter(name -> name.startsWith(guest)).toList();
      assertEquals(own.stream().sorted().toList(), own);
      assertTrue(done.indexOf(guest + 0) < 4, done::toString);
      assertTrue(done.indexOf(guest + 4) > 9, done::toString);
    }
  }

  @Test
  void shouldRunAsManyAsThereAreThreads_forOneThatIsAlone() {
    int taken = 0;
    for (int i = 0; i < 1000; i++) {
      taken += lookup(null, "host" + i) ? 1 : 0;
    }

    assertEquals(HostResolver.THREADS + HostResolver.MOST_LOOKUPS, taken);
    assertEquals(HostResolver.THREADS, running.size());
  }

  @Test
  void shouldGoOn_whenTheResolverHadTooMuchToDo() {
    takes = false;
    assertFalse(lookup("a", "a0"));
    takes = true;

    for (int i = 1; i <= 3; i++) {
      assertTrue(lookup("a", "a" + i));
    }
    finish("a1");
    finish("a2");
    finish("a3");

    assertEquals(List.of("a1", "a2", "a3"), done);
  }
}
