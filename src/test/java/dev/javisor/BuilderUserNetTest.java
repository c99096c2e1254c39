package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.NetHandler;
import dev.javisor.config.NetPolicy;
import dev.javisor.config.UserNetConfig;
import dev.javisor.error.NetworkException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is said about networks that are played in this process, and what is wrong with it. */
class BuilderUserNetTest extends BuilderFixture {
  private static final NetHandler NOTHING = channel -> {};

  private void refused(String key, String value, String hint, Consumer<UserNetConfig> user) {
    assertProblem(
        "nets[0].user." + key, value, hint, fixture.builder().net(net -> net.user(user::accept)));
  }

  @Test
  void shouldTakeAUserModeNetwork() {
    VirtualMachine.Builder builder =
        fixture
            .builder()
            .net(
                net ->
                    net.mtu(9000)
                        .user(
                            user ->
                                user.policy(NetPolicy.only("example.org:443", "192.0.2.0/24"))
                                    .network("10.9.0.0/16")
                                    .hostName("web-1")
                                    .forward(0, 80)
                                    .listen("db", 5432, NOTHING)
                                    .listen("db", 5433, NOTHING)));

    assertEquals(1, boot(builder).pciDevices().size());
  }

  @Test
  void shouldRefuse_whenItIsAnInterfaceToo() {
    assertProblem(
        "nets[0].user", "set", "has no backend", fixture.builder().net(n -> n.tap("x").user()));
  }

  @Test
  void shouldRefuse_whenNamesAndNetworksAreNone() {
    refused("network", "10.0.2.1/24", "first address", u -> u.network("10.0.2.1/24"));
    refused("network", "127.0.0.0/8", "private", u -> u.network("127.0.0.0/8"));
    refused("network", "10.0.2.0/25", "8 to 24", u -> u.network("10.0.2.0/25"));
    refused("network", "fd00::/64", "10.0.2.0/24", u -> u.network("fd00::/64"));
    refused("hostName", "a.b", "hyphens", u -> u.hostName("a.b"));
    refused("listen", "host:80", "neither", u -> u.listen("host", 80, NOTHING));
    refused("listen", "db:0", "from 1", u -> u.listen("db", 0, NOTHING));
    refused("listen", "DB:1", "already", u -> u.listen("db", 1, NOTHING).listen("DB", 1, NOTHING));
    for (String target : new String[] {"", "a b", "host:0", "host:99999", "10.0.0.0/33", "a/8"}) {
      refused("policy", target, "expected a host", u -> u.policy(NetPolicy.only(target)));
    }
    for (String target : new String[] {"127.0.0.1:80", "[::1]:80"}) {
      refused("policy", target, "loopback is host:80", u -> u.policy(NetPolicy.only(target)));
    }
  }

  @Test
  void shouldRefuse_whenThePortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = taken.getLocalPort();
      refused("forward", port + " to 80", "another program", u -> u.forward(port, 80));
    }
    refused("forward", "-1 to 80", "1 to 65535", u -> u.forward(-1, 80));
    refused("forward", "0 to 0", "1 to 65535", u -> u.forward(0, 0));
  }

  @Test
  void shouldSayWhatIsMissing_whenNobodyCanBeConnectedTo() {
    try (VirtualMachine vm = fixture.builder().net(net -> net.user()).build()) {
      NetworkException e = assertThrows(NetworkException.class, () -> vm.connect(80));
      assertEquals(NetworkException.Reason.NOT_RUNNING, e.reason());
      assertThrows(IllegalStateException.class, () -> vm.port(80));
      assertThrows(IllegalArgumentException.class, () -> vm.port(65536));
      assertThrows(IllegalStateException.class, () -> vm.uri(80, "/"));
      assertThrows(IllegalArgumentException.class, () -> vm.uri(80, "page"));
    }
    try (VirtualMachine vm = fixture.builder().build()) {
      Exception e = assertThrows(IllegalStateException.class, () -> vm.connect(80));
      assertTrue(e.getMessage().contains("n.user()"), e.getMessage());
    }
  }
}
