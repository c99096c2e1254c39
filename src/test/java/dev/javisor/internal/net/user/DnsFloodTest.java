package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A guest that asks for thousands of names, of a host whose resolver hangs. */
@Timeout(60)
class DnsFloodTest {
  @Test
  void shouldTakeABoundedNumberOfNames_andGoOnWhenTheyAreDone() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    HostResolver.Lookup slow =
        name -> {
          try {
            assertTrue(hangs.await(50, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            throw new UnknownHostException(name);
          }
          return new InetAddress[] {InetAddress.getLoopbackAddress()};
        };
    List<Resolver.Found> found = new ArrayList<>();
    try (Loop loop = new Loop();
        HostResolver resolver =
            new HostResolver(loop, new SplittableRandom(1), Thread::new, slow)) {
      int taken = 0;
      for (int i = 0; i < 10_000; i++) {
        taken += resolver.lookup("host-%d.example".formatted(i), found::add) ? 1 : 0;
      }
      assertEquals(HostResolver.THREADS + HostResolver.MOST_LOOKUPS, taken);

      hangs.countDown();
      await(loop, found, taken);
      assertTrue(resolver.lookup("honest.example", found::add));

      await(loop, found, taken + 1);
      assertEquals(DnsMessage.NO_ERROR, found.get(taken).code());
    }
  }

  private static void await(Loop loop, List<?> found, int count) throws Exception {
    while (found.size() < count) {
      loop.await(TimeUnit.MILLISECONDS.toNanos(10), () -> true);
      loop.runTasks();
    }
  }
}
