package dev.javisor.junit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.javisor.VirtualMachine;
import dev.javisor.Wait;
import dev.javisor.config.NetChannel;
import dev.javisor.error.AgentException;
import dev.javisor.error.NetworkException;
import dev.javisor.guest.GuestPackages;
import dev.javisor.internal.image.OciFixture;
import dev.javisor.internal.image.TarFixture;
import dev.javisor.net.VirtualSwitch;
import dev.javisor.testing.microguest.HostResources;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two classes of tests, in parallel, with Debian's kernel: one machine they share, and one not. */
@Tag("linux-guest")
@Timeout(900)
class VmLinuxTest {
  private static final String IMAGE = "target/vm-linux-test-image";

  @TempDir Path consoles;

  static class First {
    @Vm(shared = "both", memory = "128M")
    static VirtualMachine shared;

    @Test
    void writes() throws InterruptedException {
      shared.agent().write("/run/first", "here");
      assertEquals("here", shared.agent().readText("/run/first"));
    }

    @Test
    void reaches(@Vm(shared = "both", memory = "128M") VirtualMachine vm) throws Exception {
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
      server.createContext("/", Answer::give);
      server.start();
      try {
        String url = "http://host:%d/".formatted(server.getAddress().getPort());
        assertEquals("answer", vm.exec("wget", "-qO-", url).requireSuccess().stdout());
      } finally {
        server.stop(0);
      }
      vm.exec("sh", "-c", "mkdir /www && echo page >/www/index.html && httpd -h /www")
          .requireSuccess();
      try (NetChannel web = vm.connect(80)) {
        web.write(UTF_8.encode("GET / HTTP/1.0\r\n\r\n"));
        String page = new String(Channels.newInputStream(web).readAllBytes(), UTF_8);
        assertTrue(page.endsWith("page\n"), page);
      }
      try (InputStream page = vm.uri(80, "/index.html").toURL().openStream()) {
        assertEquals("page\n", new String(page.readAllBytes(), UTF_8));
      }
    }

    @Test
    void meets(
        @Vm(value = "one", network = "lan", memory = "128M") VirtualMachine one,
        @Vm(value = "two", network = "lan", memory = "128M") VirtualMachine two,
        @Vm(network = "lan") VirtualSwitch network)
        throws Exception {
      String[] ping = {"ping", "-c", "1", "-W", "2", "two"};
      one.waitFor(Wait.command(ping));
      network.isolate("two");
      assertEquals(1, one.exec(ping).exitCode());
      network.heal();
      one.waitFor(Wait.command(ping));
      assertEquals("two\n", two.exec("hostname").stdout());
      NetworkException refused = assertThrows(NetworkException.class, () -> two.connect(81));
      assertEquals(NetworkException.Reason.REFUSED, refused.reason());
    }

    @Test
    void serves(@Vm(image = IMAGE, memory = "128M") VirtualMachine vm) throws Exception {
      vm.waitFor(Wait.port(80));
      try (InputStream page = vm.uri(80, "/index.html").toURL().openStream()) {
        assertEquals("of an image", new String(page.readAllBytes(), UTF_8));
      }
    }

    @Test
    void resets(@Vm(value = "mine", memory = "128M") VirtualMachine vm)
        throws InterruptedException {
      assertThrows(
          AgentException.class,
          () -> vm.exec("sh", "-c", "echo b >/proc/sysrq-trigger; sleep 100"));
      // In the place of a reboot.
      fail("the machine ended: " + vm.awaitExit(Duration.ofMinutes(1)));
    }
  }

  /** What a server of this machine says. */
  private static final class Answer {
    static void give(HttpExchange exchange) throws IOException {
      byte[] bytes = "answer".getBytes(UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    }
  }

  static class Second {
    @Test
    void reads(@Vm(shared = "both", memory = "128M") VirtualMachine shared)
        throws InterruptedException {
      assertEquals(0, shared.exec("test", "-d", "/proc/self").exitCode());
    }
  }

  @Test
  void shouldBootLinuxForTestsAndLeaveNothing() throws IOException {
    byte[] busybox = Files.readAllBytes(GuestPackages.debian().busybox());
    new OciFixture(Path.of(IMAGE))
        .layer(
            new TarFixture()
                .file("bin/busybox", busybox, 0755, 0, 0)
                .file("srv/index.html", "of an image"))
        .config("'Entrypoint': ['/bin/busybox', 'httpd'], 'Cmd': ['-f', '-h', '/srv']")
        .image("v1")
        .write();
    HostResources before = HostResources.now();

    InnerRun run =
        InnerRun.of(
            null,
            consoles,
            List.of(First.class, Second.class),
            "junit.jupiter.execution.parallel.enabled",
            "true",
            "junit.jupiter.execution.parallel.mode.default",
            "concurrent",
            "junit.jupiter.execution.parallel.config.strategy",
            "fixed",
            "junit.jupiter.execution.parallel.config.fixed.parallelism",
            "3",
            "javisor.timeout.multiplier",
            "5");

    assertEquals(
        Map.of(
            "writes",
            "SUCCESSFUL",
            "reaches(VirtualMachine)",
            "SUCCESSFUL",
            "reads(VirtualMachine)",
            "SUCCESSFUL",
            "serves(VirtualMachine)",
            "SUCCESSFUL",
            "meets(VirtualMachine, VirtualMachine, VirtualSwitch)",
            "SUCCESSFUL",
            "resets(VirtualMachine)",
            "FAILED"),
        run.outcomes());
    Throwable failure = run.failure("resets(VirtualMachine)");
    assertEquals("the machine ended: Reset[]", failure.getMessage());
    String shown = InnerRun.suppressed(failure);
    assertTrue(shown.contains("VM First-mine (EXITED)"), shown);
    assertTrue(shown.contains("sysrq: Resetting"), shown);
    assertTrue(shown.contains("[sh, -c, echo b >/proc/sysrq-trigger"), shown);
    try (Stream<Path> files = Files.walk(consoles)) {
      assertEquals(
          List.of(
              "both.log",
              "meets-one.log",
              "meets-two.log",
              "resets-mine.log",
              "serves-vm-program.log",
              "serves-vm.log"),
          files
              .filter(Files::isRegularFile)
              .map(f -> f.getFileName().toString())
              .sorted()
              .toList());
    }
    HostResources.awaitReturnTo(before);
  }
}
