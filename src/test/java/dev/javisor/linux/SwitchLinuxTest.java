package dev.javisor.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.VirtualMachine;
import dev.javisor.agent.ExecResult;
import dev.javisor.config.LinkConditions;
import dev.javisor.config.NetChannel;
import dev.javisor.config.NetPolicy;
import dev.javisor.error.NetworkException;
import dev.javisor.guest.GuestPackages;
import dev.javisor.net.VirtualSwitch;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** Two guests on a switch that gives them addresses and names, and whose links change. */
@Tag("linux-guest")
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SwitchLinuxTest {
  private static final Pattern ROUND_TRIP = Pattern.compile("min/avg/max = ([0-9.]+)/");

  private final VirtualSwitch network =
      VirtualSwitch.builder()
          .seed(1)
          .user(user -> user.network("10.0.7.0/24").policy(NetPolicy.none()))
          .build();
  private VirtualMachine one;
  private VirtualMachine two;

  @BeforeAll
  void boot() throws Exception {
    // Each answer of the DHCP server comes twice, as where a client that waits asks again.
    network.conditions(LinkConditions.builder().duplication(1).build());
    one = machine("one");
    two = machine("two");
    one.agent().awaitReady(Duration.ofMinutes(3));
    two.agent().awaitReady(Duration.ofMinutes(3));
  }

  private VirtualMachine machine(String name) {
    GuestPackages debian = GuestPackages.debian();
    return VirtualMachine.builder()
        .name(name)
        .kernel(debian.kernel())
        .cmdline("console=ttyS0 panic=-1 quiet")
        .memory("256M")
        .agent(agent -> agent.busybox(debian.busybox()))
        .net(network.port(name))
        .timeoutMultiplier(5)
        .build()
        .boot();
  }

  @AfterAll
  void close() {
    for (VirtualMachine vm : new VirtualMachine[] {one, two}) {
      if (vm != null) {
        vm.close();
      }
    }
    network.close();
  }

  private static ExecResult sh(VirtualMachine vm, String command) throws InterruptedException {
    return vm.exec("sh", "-c", command);
  }

  @Test
  @Order(1)
  void shouldGiveAddressesAndNames() throws InterruptedException {
    String own = "ip -4 address show dev eth0 | awk '/inet/ {print $2}'; hostname";

    assertEquals("10.0.7.15/24\none\n", sh(one, own).stdout());
    assertEquals("10.0.7.16/24\ntwo\n", sh(two, own).stdout());
  }

  @Test
  @Order(2)
  void shouldLetGuestsFindEachOther() throws InterruptedException {
    network.conditions(LinkConditions.PERFECT);

    sh(two, "nc -l -p 80 -e echo I am two > /dev/null 2>&1 &").requireSuccess();
    ExecResult said = sh(one, "for i in $(seq 50); do nc two 80 && break; sleep 0.2; done");

    assertEquals("I am two\n", said.stdout(), said::stderr);
    sh(one, "ping -c 1 -W 20 two").requireSuccess();
  }

  @Test
  @Order(3)
  void shouldReachAServiceOfEachGuest() throws Exception {
    for (VirtualMachine vm : List.of(one, two)) {
      sh(vm, "hostname > /tmp/index.html; httpd -p 8080 -h /tmp").requireSuccess();
    }

    for (VirtualMachine vm : List.of(one, two)) {
      String name = sh(vm, "hostname").stdout();
      try (InputStream page = vm.uri(8080, "/").toURL().openStream()) {
        assertEquals(name, new String(page.readAllBytes(), US_ASCII));
      }
      try (NetChannel channel = vm.connect(8080, Duration.ofMinutes(1))) {
        channel.write(US_ASCII.encode("GET / HTTP/1.0\r\n\r\n"));
        String answer = new String(Channels.newInputStream(channel).readAllBytes(), US_ASCII);
        assertTrue(answer.endsWith(name), answer);
      }
      NetworkException refused = assertThrows(NetworkException.class, () -> vm.connect(81));
      assertEquals(NetworkException.Reason.REFUSED, refused.reason());
    }
  }

  @Test
  @Order(4)
  void shouldHearNothingFromAGuest_inAnothersName() throws Exception {
    sh(two, "ip addr add 10.0.7.15/24 dev eth0").requireSuccess();
    sh(two, "ping -c 2 -W 2 -I 10.0.7.15 10.0.7.2");
    sh(two, "ip addr del 10.0.7.15/24 dev eth0").requireSuccess();

    try (InputStream page = one.uri(8080, "/").toURL().openStream()) {
      assertEquals("one\n", new String(page.readAllBytes(), US_ASCII));
    }
  }

  @Test
  @Order(5)
  void shouldLetNothingOut_whenThePolicyIsNone() throws InterruptedException {
    ExecResult refused = sh(one, "wget -O - http://host:22/");

    assertNotEquals(0, refused.exitCode());
    assertTrue(refused.stderr().contains("refused"), refused::stderr);
  }

  @Test
  @Order(6)
  void shouldCutThemOff_andMendIt() throws InterruptedException {
    network.partition(Set.of("one"), Set.of("two"));
    assertNotEquals(0, sh(one, "ping -c 1 -W 2 10.0.7.16").exitCode());
    sh(one, "ping -c 1 -W 20 host").requireSuccess();

    network.heal();

    sh(one, "ping -c 3 -W 20 two").requireSuccess();
  }

  @Test
  @Order(7)
  void shouldTakeItsTime_whenTheLinkIsLong() throws InterruptedException {
    network.conditions("two", LinkConditions.builder().latency(Duration.ofMillis(300)).build());

    String said = sh(one, "ping -c 3 -W 20 two").requireSuccess().stdout();

    Matcher times = ROUND_TRIP.matcher(said);
    assertTrue(times.find() && Double.parseDouble(times.group(1)) >= 600, said);
  }
}
