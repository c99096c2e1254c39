package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.ConsoleMode;
import dev.javisor.event.VmEvent;
import dev.javisor.event.VmExit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A shell on the virtio console, with the serial port in a file; one boot serves all, and a reboot.
 */
@Tag("linux-guest")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConsoleLinuxTest {
  private static final int LAST = Integer.MAX_VALUE;

  @TempDir private static Path folder;

  private static LinuxGuest guest;

  @BeforeAll
  static void boot() throws InterruptedException {
    guest =
        LinuxGuest.boot(
            builder ->
                builder
                    .memory("256M")
                    .cmdline("console=hvc0 panic=-1 quiet")
                    .virtioConsole(ConsoleMode.api())
                    .serial(ConsoleMode.file(folder.resolve("serial"))),
            "virtio_pci",
            "virtio_console");
  }

  @AfterAll
  static void close() {
    if (guest != null) {
      guest.close();
    }
  }

  @Test
  void shouldBeTheConsoleOfTheKernelAndTheShell() throws InterruptedException {
    assertEquals("hvc0", guest.line("cat /sys/class/tty/console/active"));
    assertEquals("/dev/console", guest.line("tty").replace("/dev/hvc0", "/dev/console"));
  }

  @Test
  void shouldPassAFloodOfOutputInOrder() throws InterruptedException {
    // Linux waits, spinning, for each write of 16 bytes; on the one CPU of a lab that takes long.
    List<String> lines = guest.run("seq 1 3000");

    assertEquals(IntStream.rangeClosed(1, 3000).mapToObj(Integer::toString).toList(), lines);
  }

  @Test
  void shouldTakeALongLine() throws InterruptedException {
    String words = "0123456789 ".repeat(300);

    assertEquals("3300", guest.line("echo -n '" + words + "' | wc -c"));
  }

  @Test
  void shouldTakeInputFasterThanItIsRead() throws InterruptedException {
    guest.run("n=0");
    for (int i = 0; i < 300; i++) {
      guest.type("n=$((n + 1)) # so that each line takes some room in the buffers");
    }

    assertEquals("300", guest.line("echo $n"));
  }

  @Test
  void shouldLearnTheTerminalsSize() throws InterruptedException {
    guest.vm().console().resize(132, 50);
    awaitSize("50 132");

    guest.vm().console().resize(80, 25);
    awaitSize("25 80");
  }

  private static void awaitSize(String expected) throws InterruptedException {
    // The driver hears of it by an interrupt and a work item.
    guest.run("while [ \"$(stty size)\" != \"" + expected + "\" ]; do sleep 0.1; done");
    assertEquals(expected, guest.line("stty size"));
  }

  @Test
  void shouldHaveTheSerialPortBesideIt() throws InterruptedException, IOException {
    guest.run("echo through the serial port > /dev/ttyS0");

    Path file = guest.vm().serialPath().orElseThrow();
    while (!Files.readString(file).contains("through the serial port")) {
      Thread.sleep(100);
    }
  }

  @Test
  void shouldComplainOfNothing() throws InterruptedException {
    // The driver of the console is a module, so there was none yet.
    String early = "unable to open an initial console";

    List<String> complaints =
        guest.complaints().stream().filter(line -> !line.contains(early)).toList();

    assertEquals(List.of(), complaints);
    assertEquals("3", guest.line("grep -c 'virtio0-' /proc/interrupts"));
  }

  @Test
  @Order(LAST)
  void shouldServeTheGuestAfterAReboot() throws InterruptedException {
    guest.type("reboot -f");
    guest.awaitShell();

    assertEquals("hvc0", guest.line("cat /sys/class/tty/console/active"));
    assertTrue(guest.events().stream().anyMatch(VmEvent.Rebooted.class::isInstance));
    guest.vm().console().resize(100, 40);
    awaitSize("40 100");
    assertEquals(new VmExit.PowerOff(), guest.end("poweroff -f"));
  }
}
