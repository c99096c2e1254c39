package dev.javisor.internal.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TimerHeapTest {
  private final TimerHeap heap = new TimerHeap();
  private final List<TcpConnection> connections = new ArrayList<>();

  private TcpConnection connection(int port) {
    TcpScript script = new TcpScript();
    script.accepts = false;
    script.flow(new TcpAddresses(false, 0, 2, port, 0, 1, 80)).in("S 0:0(0) win 1000");
    TcpConnection connection = script.tcp();
    // Out of its stack's hands.
    connection.ignore();
    script.flush();
    return connection;
  }

  @Test
  void shouldGiveTheEarliestFirst() {
    SplittableRandom random = new SplittableRandom(1);
    Map<TcpConnection, Long> due = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      connections.add(connection(i));
    }
    for (int i = 0; i < 2000; i++) {
      TcpConnection one = connections.get(random.nextInt(connections.size()));
      if (random.nextInt(4) == 0) {
        heap.remove(one);
        due.remove(one);
      } else {
        long time = random.nextInt(100_000);
        heap.schedule(one, time);
        // A later time does not move an entry.
        due.merge(one, time, Math::min);
      }
    }

    long last = 0;
    while (!due.isEmpty()) {
      long earliest = due.values().stream().min(Long::compare).orElseThrow();
      assertEquals(earliest, heap.earliest());
      assertNull(heap.pollDue(earliest - 1));
      TcpConnection got = heap.pollDue(earliest);
      assertNotNull(got);
      assertEquals(earliest, due.remove(got));
      assertEquals(last, Math.min(last, earliest));
      last = earliest;
    }
    assertEquals(Long.MAX_VALUE, heap.earliest());
  }
}
