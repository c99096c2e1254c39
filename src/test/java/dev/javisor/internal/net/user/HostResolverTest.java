package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a guest is told of names that this host does not find. */
@Timeout(60)
class HostResolverTest {
  private final Queue<String> messages = new ArrayDeque<>();

  private int ask(Loop loop, HostResolver resolver) throws Exception {
    CompletableFuture<Resolver.Found> found = new CompletableFuture<>();
    assertTrue(resolver.lookup("db.test", found::complete));
    while (!found.isDone()) {
      loop.await(1_000_000, () -> true);
      loop.runTasks();
    }
    return found.join().code();
  }

  @Test
  void shouldTellFailureFromNoSuchName_alsoWhereTheJdkRemembersNeither() throws Exception {
    messages.add("db.test: Temporary failure in name resolution");
    messages.add("db.test");
    messages.add("");
    messages.add("db.test: Name or service not known");
    messages.add("db.test");
    messages.add("db.test: Temporary failure in name resolution");
    messages.add("db.test: Name or service not known");
    messages.add("db.test");
    try (Loop loop = new Loop();
        HostResolver resolver =
            new HostResolver(
                loop,
                new SplittableRandom(1),
                Thread::new,
                name -> {
                  String message = messages.remove();
                  if (message.isEmpty()) {
                    return new InetAddress[] {InetAddress.getLoopbackAddress()};
                  }
                  throw new UnknownHostException(message);
                })) {
      for (int code : List.of(2, 2, 0, 3, 3, 2, 3, 3)) {
        assertEquals(code, ask(loop, resolver));
      }
    }
  }
}
