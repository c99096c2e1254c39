package dev.javisor.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.VirtualMachine;
import dev.javisor.agent.ExecResult;
import dev.javisor.agent.ExitStatus;
import dev.javisor.agent.GuestFacts;
import dev.javisor.agent.GuestProcess;
import dev.javisor.agent.PortForward;
import dev.javisor.error.AgentException;
import dev.javisor.error.GuestExecException;
import dev.javisor.error.GuestFileException;
import dev.javisor.error.GuestTimeoutException;
import dev.javisor.guest.GuestPackages;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guest in which the agent is alone, beside a busybox, with Debian's kernel. */
@Tag("linux-guest")
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AgentLinuxTest {
  private static final int MANY = 40;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private VirtualMachine vm;

  @BeforeAll
  void boot() throws Exception {
    GuestPackages debian = GuestPackages.debian();
    vm =
        VirtualMachine.builder()
            .name("agent")
            .kernel(debian.kernel())
            .cmdline("console=ttyS0 panic=-1 quiet")
            .memory("512M")
            .agent(agent -> agent.busybox(debian.busybox()))
            .timeoutMultiplier(5)
            .build()
            .boot();
    vm.agent().awaitReady(PATIENCE);
  }

  @AfterAll
  void close() {
    if (vm != null) {
      vm.close();
    }
  }

  @Test
  @Order(1)
  void shouldRunACommand() throws Exception {
    ExecResult result = vm.exec("uname", "-sm");

    assertEquals("Linux x86_64\n", result.stdout());
    assertEquals("", result.stderr());
    assertEquals(0, result.exitCode());
  }

  @Test
  @Order(2)
  void shouldTellBothStreamsAndTheStatus() throws Exception {
    ExecResult result = vm.exec("sh", "-c", "echo out; echo err >&2; exit 3");

    assertEquals("out\n", result.stdout());
    assertEquals("err\n", result.stderr());
    assertEquals(3, result.exitCode());
    assertEquals(9, ((ExitStatus.Signaled) vm.exec("sh", "-c", "kill -9 $$").status()).signal());
  }

  @Test
  @Order(2)
  void shouldRunItAsAsked() throws Exception {
    vm.agent().write("/etc/passwd", "root:x:0:0::/root:/bin/sh\nada:x:1000:1001::/home:/bin/sh\n");

    ExecResult result =
        vm.agent()
            .command("sh", "-c", "id -u; id -g; pwd; echo $NAME; cat")
            .user("ada")
            .directory("/tmp")
            .env("NAME", "two words")
            .stdin("typed")
            .run();

    assertEquals("1000\n1001\n/tmp\ntwo words\ntyped", result.requireSuccess().stdout());
  }

  @Test
  @Order(2)
  void shouldSayWhyItCannotStart() {
    GuestExecException e = assertThrows(GuestExecException.class, () -> vm.exec("nothing-here"));

    assertTrue(e.getMessage().contains("ENOENT"), e.getMessage());
  }

  @Test
  @Order(2)
  void shouldKill_whenTheTimeIsUp() throws Exception {
    GuestTimeoutException e =
        assertThrows(
            GuestTimeoutException.class,
            () ->
                vm.agent()
                    .command("sh", "-c", "echo before; exec sleep 987")
                    .timeout(Duration.ofSeconds(1))
                    .run());

    assertTrue(e.getMessage().contains("sleep 987"), e.getMessage());
    assertEquals(1, vm.exec("sh", "-c", "ps | grep -v grep | grep 'sleep 987'").exitCode());
  }

  @Test
  @Order(2)
  void shouldTalkToATerminal() throws Exception {
    try (GuestProcess shell =
        vm.agent()
            .command("sh", "-c", "tty; stty size; read x; stty size; cat")
            .terminal(80, 25)
            .start()) {
      BufferedReader out = new BufferedReader(new InputStreamReader(shell.stdout(), UTF_8));

      assertTrue(out.readLine().startsWith("/dev/pts/"));
      assertEquals("25 80", out.readLine());
      shell.resize(132, 50);
      shell.stdin().write("\n".getBytes(UTF_8));
      shell.stdin().flush();
      assertEquals("", out.readLine(), "its echo");
      assertEquals("50 132", out.readLine());
      shell.stdin().close();
      assertEquals(new ExitStatus.Exited(0), shell.waitFor(PATIENCE));
    }
  }

  @Test
  @Order(2)
  void shouldStreamMoreThanAnyBufferHolds() throws Exception {
    try (GuestProcess zeros = vm.agent().command("head", "-c", "50000000", "/dev/zero").start()) {
      assertEquals(50_000_000, count(zeros.stdout()));
      assertEquals(new ExitStatus.Exited(0), zeros.waitFor(PATIENCE));
    }
  }

  private static long count(InputStream in) throws Exception {
    byte[] buffer = new byte[1 << 16];
    long count = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      count += n;
    }
    return count;
  }

  @Test
  @Order(2)
  void shouldRunManyAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(MANY);
    try {
      List<Future<ExecResult>> results = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        String number = Integer.toString(i);
        results.add(threads.submit(() -> vm.exec("echo", number)));
      }
      for (int i = 0; i < MANY; i++) {
        assertEquals(i + "\n", results.get(i).get().stdout());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  @Order(2)
  void shouldCopyATreeInAndOut(@TempDir Path folder) throws Exception {
    Path tree = Files.createDirectories(folder.resolve("tree"));
    byte[] data = new byte[3_000_000];
    new Random(7).nextBytes(data);
    Files.write(tree.resolve("data"), data);
    Path script = Files.writeString(tree.resolve("run me\n"), "#!/bin/sh\necho it runs\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x---"));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("data"));
    Files.createDirectories(tree.resolve("empty"));

    vm.agent().copyIn(tree, "/tmp/tree");
    ExecResult result = vm.exec("/tmp/tree/run me\n");
    vm.agent().copyOut("/tmp/tree", folder.resolve("back"));

    assertEquals("it runs\n", result.stdout());
    assertEquals("data\n", vm.exec("readlink", "/tmp/tree/link").stdout());
    Path back = folder.resolve("back");
    assertArrayEquals(data, Files.readAllBytes(back.resolve("data")));
    assertEquals(
        PosixFilePermissions.fromString("rwxr-x---"),
        Files.getPosixFilePermissions(back.resolve("run me\n")));
    assertEquals(Path.of("data"), Files.readSymbolicLink(back.resolve("link")));
    assertTrue(Files.isDirectory(back.resolve("empty")));
  }

  @Test
  @Order(2)
  void shouldSayThatTheGuestsDiskIsFull(@TempDir Path folder) throws Exception {
    Path big = Files.write(folder.resolve("big"), new byte[8 << 20]);
    vm.exec("sh", "-c", "mkdir -p /small && mount -t tmpfs -o size=1m none /small")
        .requireSuccess();

    GuestFileException e =
        assertThrows(GuestFileException.class, () -> vm.agent().copyIn(big, "/small/big"));

    assertTrue(e.getMessage().contains("ENOSPC"), e.getMessage());
    assertEquals("", vm.exec("ls", "/small").stdout(), "nothing half-made is left");
  }

  @Test
  @Order(2)
  void shouldTellFacts() throws Exception {
    GuestFacts facts = vm.agent().facts();

    assertEquals(1, facts.cpus());
    assertTrue(facts.memoryTotal() > 200 << 20 && facts.memoryTotal() < 512L << 20);
    assertTrue(facts.kernel().matches("[5-9].*"), facts.kernel());
  }

  @Test
  @Order(2)
  void shouldForwardAPort_withoutANetworkDevice() throws Exception {
    vm.exec("sh", "-c", "mkdir -p /www && echo hello from the guest > /www/index.html");
    try (GuestProcess server = vm.agent().command("httpd", "-f", "-p", "80", "-h", "/www").start();
        PortForward forward = vm.forward(80)) {
      assertEquals("hello from the guest\n", fetch(forward.uri("/").toURL()));
      assertFalse(server.exit().isDone());
    }
  }

  private static String fetch(URL url) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (InputStream in = url.openStream()) {
        return new String(in.readAllBytes(), UTF_8);
      } catch (java.io.IOException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
  }

  @Test
  @Order(3)
  void shouldComeBack_whenTheGuestReboots() throws Exception {
    GuestProcess sleeper = vm.agent().command("sleep", "1000").start();
    vm.reset();

    AgentException e = assertThrows(AgentException.class, () -> sleeper.waitFor(PATIENCE));
    assertEquals(AgentException.Reason.LOST, e.reason());
    vm.agent().awaitReady(PATIENCE);
    assertEquals("again\n", vm.exec("echo", "again").stdout());
  }

  @Test
  @Order(4)
  void shouldEndCallsAtOnce_whenTheGuestPowersOff() throws Exception {
    assertThrows(
        AgentException.class,
        () ->
            vm.agent()
                .command("sh", "-c", "poweroff -f; sleep 1000")
                .timeout(Duration.ofMinutes(10))
                .run());
    assertThrows(AgentException.class, () -> vm.exec("true"));
  }
}
