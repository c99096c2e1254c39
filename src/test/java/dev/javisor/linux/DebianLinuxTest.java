package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.VirtualMachine;
import dev.javisor.config.DiskEngine;
import dev.javisor.event.VmExit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

/**
 * One boot of a whole Debian, by its own kernel and initial RAM disk, from a partition; beside its
 * disk it has one for each way in which Javisor can carry out I/O.
 */
@Tag("linux-guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DebianLinuxTest {
  private static final long DISK_BYTES = 64 << 20;

  /** A disk beside the first. */
  private record Extra(String name, DiskEngine engine, boolean direct, int queues) {}

  private static final List<Extra> EXTRAS = extras();

  private DebianGuest guest;

  private static List<Extra> extras() {
    List<Extra> extras = new ArrayList<>();
    for (DiskEngine engine : List.of(DiskEngine.SYNC, DiskEngine.IO_URING)) {
      for (boolean direct : List.of(false, true)) {
        for (int queues : List.of(1, 4)) {
          extras.add(new Extra("vd" + (char) ('b' + extras.size()), engine, direct, queues));
        }
      }
    }
    return extras;
  }

  @BeforeAll
  void boot() throws IOException, InterruptedException {
    List<Path> files = new ArrayList<>();
    for (Extra extra : EXTRAS) {
      files.add(LinuxDisks.sparse(extra.name(), DISK_BYTES));
    }
    guest =
        DebianGuest.boot(
            "console=ttyS0 root=/dev/vda1 rw quiet",
            builder -> {
              builder.cpus(4).memory("1024M").disk(LinuxDisks.debian());
              for (int i = 0; i < files.size(); i++) {
                attach(builder, EXTRAS.get(i), files.get(i));
              }
            });
  }

  private static void attach(VirtualMachine.Builder builder, Extra extra, Path file) {
    builder.disk(
        disk ->
            disk.path(file)
                .engine(extra.engine())
                .direct(extra.direct())
                .queues(extra.queues())
                .serial(extra.name()));
  }

  @AfterAll
  void close() {
    guest.close();
  }

  @Test
  void shouldLogInAsRoot_onTheConsole() throws InterruptedException {
    assertEquals("root", guest.line("whoami"));
    assertEquals("ttyS0", guest.line("cat /sys/class/tty/console/active"));
    assertEquals("/dev/ttyS0", guest.line("tty"));
  }

  @Test
  void shouldRunFromItsPartition() throws InterruptedException {
    assertEquals("/dev/vda1", guest.line("findmnt -n -o SOURCE /"));
    assertEquals("gpt", guest.line("lsblk -dn -o PTTYPE /dev/vda"));
    assertEquals("", String.join("\n", guest.run("systemctl --failed --no-legend")));
  }

  @Test
  void shouldNameEachDiskByItsSerial_withItsQueues() throws InterruptedException {
    for (Extra extra : EXTRAS) {
      String folder = "/sys/block/" + extra.name();

      assertEquals(extra.name(), guest.line("cat " + folder + "/serial; echo"));
      assertEquals(Integer.toString(extra.queues()), guest.line("ls " + folder + "/mq | wc -l"));
      assertEquals(Long.toString(DISK_BYTES / 512), guest.line("cat " + folder + "/size"));
    }
  }

  @Test
  void shouldReadRight_inLspci() throws InterruptedException {
    String devices = String.join("\n", guest.run("lspci -nnvv"));

    assertTrue(devices.contains("Host bridge"), devices);
    assertTrue(devices.contains("[8086:0d57]"), devices);
    assertEquals(EXTRAS.size() + 1, occurrences(devices, "(?m)^0.*block device"), devices);
    int virtio = occurrences(devices, "(?m)^0.*Virtio 1.0");
    assertEquals(virtio, occurrences(devices, "Kernel driver in use: virtio-pci"), devices);
    assertEquals(virtio, occurrences(devices, "MSI-X: Enable\\+ Count=[0-9]+ Masked-"), devices);
    // The capability for access through configuration space has no name in lspci yet.
    String named = devices.replace("VirtIO: <unknown>", "");
    assertEquals(0, occurrences(named, "!!!|<\\?>|[Uu]nknown|unassigned|disabled]"), devices);
  }

  @Test
  void shouldWarnOfNothing_thatGuestsOfQemuDoNotWarnOf() throws InterruptedException {
    List<String> warnings =
        guest.run("dmesg --level=emerg,alert,crit,err,warn").stream()
            .filter(line -> !DebianWarnings.isKnown(line))
            .toList();

    assertEquals(List.of(), warnings);
  }

  @Test
  void shouldVerifyClean_withEachEngineDirectOrNot_withOneQueueAndFour()
      throws InterruptedException {
    assertClean(guest.run(fio("ioengine=libaio direct=1 iodepth=8 rw=randwrite bsrange=4k-64k")));
  }

  @Test
  void shouldLoseAndRepeatNothing_whenPausedUnderFio() throws InterruptedException {
    guest.start(fio("ioengine=psync direct=0 fsync=16 rw=randwrite bsrange=512-32k"));
    for (int i = 0; i < 6; i++) {
      Thread.sleep(1500);
      guest.vm().pause();
      Thread.sleep(300);
      guest.vm().resume();
    }

    assertClean(guest.finish());
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void shouldPowerOff_andLeaveACleanFileSystem() throws IOException, InterruptedException {
    assertEquals(new VmExit.PowerOff(), guest.end("poweroff"));

    Process check =
        new ProcessBuilder("/sbin/e2fsck", "-fn", LinuxDisks.debian() + "?offset=1048576")
            .redirectErrorStream(true)
            .start();
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, check.waitFor(), said);
  }

  /** A run of fio on all disks but the first at once, that reads back all that it wrote. */
  private static String fio(String options) {
    StringBuilder jobs = new StringBuilder("[global]\n");
    for (String option : options.split(" ", -1)) {
      jobs.append(option).append('\n');
    }
    jobs.append("thread\nsize=1m\noffset_increment=16m\nverify=crc32c\nverify_fatal=1\n");
    for (Extra extra : EXTRAS) {
      jobs.append("[%s]%nfilename=/dev/%s%n".formatted(extra.name(), extra.name()));
      jobs.append("numjobs=%d%n".formatted(extra.queues()));
    }
    return "fio --output-format=normal - <<'JOBS'\n" + jobs + "JOBS";
  }

  /** Each job tells its errors, and that it read what it wrote. */
  private static void assertClean(List<String> report) {
    String text = String.join("\n", report);
    int jobs = EXTRAS.stream().mapToInt(Extra::queues).sum();

    assertEquals(jobs, occurrences(text, "err= 0"), text);
    assertEquals(0, occurrences(text, "verify:|err=[ ]*[1-9]"), text);
  }

  private static int occurrences(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    int count = 0;
    while (matcher.find()) {
      count++;
    }
    return count;
  }
}
