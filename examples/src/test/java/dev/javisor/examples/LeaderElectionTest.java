package dev.javisor.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.javisor.config.NetPolicy;
import dev.javisor.net.VirtualSwitch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A test of a distributed system: three machines with Debian's etcd, a store that keeps what two of
 * them agree on. They are on a network of their own, which this test cuts and mends.
 */
class LeaderElectionTest {
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final VirtualSwitch network =
      VirtualSwitch.builder().user(user -> user.policy(NetPolicy.none())).build();
  private static final List<EtcdNode> nodes = new ArrayList<>();

  @BeforeAll
  static void startEtcd() throws Exception {
    for (String name : NAMES) {
      nodes.add(EtcdNode.boot(name, network.port(name)));
    }
    for (EtcdNode node : nodes) {
      node.start(NAMES);
    }
  }

  @AfterAll
  static void close() {
    nodes.forEach(EtcdNode::close);
    network.close();
  }

  @Test
  void shouldElectAnotherLeader_whenTheLeaderIsCutOff_andAgreeOnceItIsBack() throws Exception {
    EtcdNode first = awaitLeaderOf(nodes);
    List<EtcdNode> others = nodes.stream().filter(node -> node != first).toList();
    first.put("color", "red");
    assertEquals(Optional.of("red"), others.get(0).get("color"));

    network.isolate(first.name());
    EtcdNode second = awaitLeaderOf(others);
    second.put("color", "blue");
    assertNotEquals(first, second);
    await(() -> first.isWithoutLeader() ? Optional.of(first) : Optional.empty()); // no majority
    assertEquals(Optional.of("red"), first.getWhatItKnows("color"));

    network.heal();
    EtcdNode third = awaitLeaderOf(nodes);
    third.put("shape", "round");
    assertEquals(Optional.of("blue"), first.get("color"));
    for (EtcdNode node : nodes) {
      assertEquals(Optional.of("round"), node.get("shape"));
    }
  }

  /** Waits until these agree on who of them leads. */
  private static EtcdNode awaitLeaderOf(List<EtcdNode> some) throws Exception {
    return await(
        () -> {
          List<String> leaders = new ArrayList<>();
          for (EtcdNode node : some) {
            leaders.add(node.leader());
          }
          for (EtcdNode node : some) {
            if (leaders.stream().allMatch(node.id()::equals)) {
              return Optional.of(node);
            }
          }
          return Optional.empty();
        });
  }

  /** Asks again and again, until there is an answer. */
  private static <T> T await(Callable<Optional<T>> question) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    IOException last = new IOException("no answer so far");
    while (System.nanoTime() < end) {
      try {
        Optional<T> answer = question.call();
        if (answer.isPresent()) {
          return answer.get();
        }
      } catch (IOException e) {
        last = e; // etcd is not there yet
      }
      Thread.sleep(500);
    }
    return fail(
        "nothing within " + PATIENCE + ":\n"
            + nodes.stream().map(EtcdNode::log).collect(Collectors.joining("\n")),
        last);
  }
}
