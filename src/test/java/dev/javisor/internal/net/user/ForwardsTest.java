package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.NetPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ports of this host that are forwarded: none stays behind, and none is lost. */
class ForwardsTest {
  private static int freePort() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return server.getLocalPort();
    }
  }

  private static UserSpec spec(List<UserSpec.Forward> forwards) {
    return new UserSpec(null, NetPolicy.none(), null, forwards, List.of());
  }

  @Test
  void shouldGiveAllPortsBack_whenSeveralLeadToOnePortOfTheGuest() throws Exception {
    int first = freePort();
    int second = freePort();
    GuestSide guest =
        new GuestSide(
            spec(List.of(new UserSpec.Forward(first, 80), new UserSpec.Forward(second, 80))));
    assertTrue(Forwards.problem(second).contains("another program"), "it is listened on");

    guest.close();

    assertEquals("", Forwards.problem(first));
    assertEquals("", Forwards.problem(second));
  }

  @Test
  void shouldGiveAllPortsBack_whenOneCannotBeListenedOn() throws Exception {
    int first = freePort();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<UserSpec.Forward> forwards =
          List.of(
              new UserSpec.Forward(0, 80),
              new UserSpec.Forward(first, 80),
              new UserSpec.Forward(taken.getLocalPort(), 81));

      IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> new GuestSide(spec(forwards)));

      assertTrue(String.valueOf(e.getMessage()).contains("another program listens"));
      assertEquals("", Forwards.problem(first));
    }
  }

  @Test
  void shouldListenOnNothing_onceItHasEnded() throws Exception {
    GuestSide guest = new GuestSide(spec(List.of()));
    guest.close();

    assertThrows(
        IllegalStateException.class,
        () ->
            guest
                .driver
                .parts
                .forwards()
                .open(
                    0,
                    new Forwards.Target(null, 80),
                    guest.driver.loop,
                    guest.driver.parts.forwardQueue()));
  }

  @Test
  void shouldRestAndGoOn_whenThisHostHasNoSocketLeft() throws Exception {
    try (GuestSide guest = new GuestSide(spec(List.of()));
        Selector selector = Selector.open();
        ServerSocketChannel channel = ServerSocketChannel.open()) {
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_ACCEPT);
      ForwardQueue queue = guest.driver.parts.forwardQueue();

      Forwards.accept(
          () -> {
            throw new IOException("Too many open files");
          },
          key,
          new Forwards.Target(null, 80),
          queue);

      assertEquals(0, key.interestOps(), "else it would be asked again and again");
      assertTrue(queue.nextDeadline() - guest.nanos.get() <= 1_000_000_000L);
      guest.nanos.set(queue.nextDeadline());
      guest.driver.turn(0);
      assertEquals(SelectionKey.OP_ACCEPT, key.interestOps());
      assertTrue(channel.isOpen());
    }
  }
}
