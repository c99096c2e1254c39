package dev.javisor.linux;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VmExit;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
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

/**
 * One boot of a whole Debian, by its own kernel and initial RAM disk, from a partition, with all
 * its words on the virtio console; beside its disk it has one for each way in which Javisor can
 * carry out I/O. In the lab its own disk is a block device, the others are files.
 */
@Tag("linux-guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DebianLinuxTest {
  private static final int MIB = 1 << 20;

  /** What a hole of 2 MiB gives back at least: a file in more pieces takes more to describe. */
  private static final int FREED = 2 * MIB - (64 << 10);

  private static final int CPUS = 4;
  private static final String MEMORY = "1024M";
  private static final String CMDLINE = "console=hvc0 root=/dev/vda1 rw quiet";

  private static final String RANDOM_WRITES =
      "ioengine=libaio direct=1 iodepth=8 rw=randwrite bsrange=4k-64k";

  private static final List<ExtraDisk> EXTRAS = ExtraDisk.ALL;

  private DebianGuest guest;
  private DebianShell shell;
  private List<String> warnings = List.of();
  private List<String> modules = List.of();

  @BeforeAll
  @Timeout(600)
  void boot() throws IOException, InterruptedException {
    for (ExtraDisk extra : EXTRAS) {
      extra.create();
    }
    guest =
        DebianGuest.boot(
            CMDLINE,
            builder -> {
              builder.cpus(CPUS).memory(MEMORY).disk(LinuxDisks.debian()).rng();
              EXTRAS.forEach(extra -> extra.attach(builder));
            });
    shell = guest.shell();
  }

  @AfterAll
  void close() {
    if (guest != null) {
      guest.close();
    }
  }

  @Test
  void shouldLogInAsRoot_onTheVirtioConsole() throws InterruptedException {
    assertEquals("root", shell.line("whoami"));
    assertEquals("hvc0", shell.line("cat /sys/class/tty/console/active"));
    assertEquals("/dev/hvc0", shell.line("tty"));
  }

  @Test
  void shouldLearnTheTerminalsSize() throws InterruptedException {
    guest.vm().console().resize(132, 50);

    // The driver hears of it by an interrupt and a work item.
    shell.run("while [ \"$(stty size)\" != '50 132' ]; do sleep 0.1; done");
  }

  @Test
  void shouldGiveRandomBytes() throws InterruptedException {
    assertEquals("virtio_rng.0", shell.line("cat /sys/class/misc/hw_random/rng_current"));
    String read = "dd if=/dev/hwrng bs=64 count=32 iflag=fullblock 2>/dev/null";

    assertEquals("2048", shell.line(read + " | wc -c"));
    assertNotEquals(shell.line(read + " | sha256sum"), shell.line(read + " | sha256sum"));
  }

  @Test
  void shouldRunFromItsPartition() throws InterruptedException {
    assertEquals("/dev/vda1", shell.line("findmnt -n -o SOURCE /"));
    assertEquals("gpt", shell.line("lsblk -dn -o PTTYPE /dev/vda"));
    assertEquals("", String.join("\n", shell.run("systemctl --failed --no-legend")));
  }

  @Test
  void shouldNameEachDiskByItsSerial_withItsQueues() throws InterruptedException {
    List<String> expected =
        EXTRAS.stream()
            .map(e -> "%s %d %d".formatted(e.name(), e.queues(), ExtraDisk.BYTES / 512))
            .toList();

    assertEquals(
        expected,
        shell.run(
            "for d in /sys/block/vd[b-i]; do "
                + "echo $(cat $d/serial) $(ls $d/mq | wc -l) $(cat $d/size); done"));
  }

  @Test
  void shouldReadRight_inLspci() throws InterruptedException {
    String devices = String.join("\n", shell.run("lspci -nnvv"));

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
  void shouldInterruptEachProcessor_byTheVectorOfItsQueue() throws InterruptedException {
    List<ExtraDisk> disks = EXTRAS.stream().filter(extra -> extra.queues() == CPUS).toList();
    List<Map<String, Long>> before = interrupts(disks);

    shell.run(
        "(for c in 0 1 2 3; do for d in %s; do taskset -c $c dd if=/dev/$d of=/dev/null bs=4k count=16 iflag=direct 2>/dev/null || exit; done; done)"
            .formatted(disks.stream().map(ExtraDisk::name).collect(joining(" "))));

    List<Map<String, Long>> after = interrupts(disks);
    for (int i = 0; i < disks.size(); i++) {
      for (int cpu = 0; cpu < CPUS; cpu++) {
        String vector = cpu + " of queue " + cpu;
        long more = after.get(i).get(vector) - before.get(i).get(vector);
        assertTrue(more > 0, disks.get(i) + ": processor " + vector + before + after);
      }
    }
  }

  /** For each disk, the interrupts that each processor got from each queue. */
  private List<Map<String, Long>> interrupts(List<ExtraDisk> disks) throws InterruptedException {
    String names = disks.stream().map(e -> "/sys/block/" + e.name()).collect(joining(" "));
    List<String> report =
        shell.run(
            "for d in %s; do basename $(readlink $d/device); done; grep -e -req /proc/interrupts"
                .formatted(names));
    List<Map<String, Long>> all = new ArrayList<>();
    for (String device : report.subList(0, disks.size())) {
      Map<String, Long> counts = new HashMap<>();
      for (String line : report.subList(disks.size(), report.size())) {
        String[] words = line.strip().split("\\s+");
        String name = words[words.length - 1];
        if (name.startsWith(device + "-req.")) {
          for (int cpu = 0; cpu < CPUS; cpu++) {
            String queue = name.substring(name.indexOf('.') + 1);
            counts.put(cpu + " of queue " + queue, Long.parseLong(words[cpu + 1]));
          }
        }
      }
      all.add(counts);
    }
    return all;
  }

  @Test
  void shouldGiveSpaceBack_whenTheGuestDiscardsOrWritesZeroes() throws InterruptedException {
    shell.run(
        "head -c 4M /dev/urandom >/tmp/random; "
            + onEach("dd if=/tmp/random of=$d bs=1M seek=40 conv=fsync 2>/dev/null"));
    List<Long> full = EXTRAS.stream().map(ExtraDisk::spaceTaken).toList();

    // Write-zeroes that may unmap.
    shell.run(onEach("fallocate --punch-hole --offset 40M --length 2M $d"));
    List<Long> half = EXTRAS.stream().map(ExtraDisk::spaceTaken).toList();
    shell.run(
        onEach(
            "cmp -s --ignore-initial=40M:0 --bytes=2M $d /dev/zero &&"
                + " cmp -s --ignore-initial=42M:2M --bytes=2M $d /tmp/random &&"
                + " blkdiscard --offset 42M --length 2M $d"));

    for (int i = 0; i < EXTRAS.size(); i++) {
      ExtraDisk extra = EXTRAS.get(i);
      assertTrue(full.get(i) - half.get(i) >= FREED, extra + ": " + full + half);
      long left = extra.spaceTaken();
      assertTrue(half.get(i) - left >= FREED, extra + ": " + half + left);
    }
  }

  /** In the lab that disk is a block device. */
  @Test
  void shouldWriteClearAndDiscard_behindTheFileSystemOfItsOwnDisk()
      throws IOException, InterruptedException {
    String random = "head -c 256K /dev/urandom | tee /tmp/random";
    String write = "dd of=/dev/vda bs=64k seek=12272 iflag=fullblock conv=fsync 2>/dev/null";

    shell.run(random + " | " + write);

    String sum = shell.line("sha256sum </tmp/random").split(" ")[0];
    assertEquals(sum, sha256(ofFirstDisk(767L * MIB, 256 << 10)));
    shell.run("fallocate --punch-hole --offset 767M --length 128K /dev/vda");
    assertArrayEquals(new byte[128 << 10], ofFirstDisk(767L * MIB, 128 << 10));
    // By force, for a file system is mounted.
    shell.run("blkdiscard --force --offset 767M --length 256K /dev/vda");
  }

  private static byte[] ofFirstDisk(long position, int length) throws IOException {
    byte[] bytes = new byte[length];
    try (RandomAccessFile file = new RandomAccessFile(LinuxDisks.debian().toFile(), "r")) {
      file.seek(position);
      file.readFully(bytes);
    }
    return bytes;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static String onEach(String command) {
    return "(for d in /dev/vd[b-i]; do %s || exit; done)".formatted(command);
  }

  @Test
  @Order(1)
  void shouldVerifyClean_withEachEngineDirectOrNot_withOneQueueAndFour()
      throws InterruptedException {
    Fio.assertClean(EXTRAS, shell.run(Fio.run(RANDOM_WRITES, EXTRAS)));
  }

  /** That the check before this would find a wrong byte: it looks at the same writes again. */
  @Test
  @Order(2)
  void shouldFailToVerify_whenTheFileWasChangedUnderneath()
      throws IOException, InterruptedException {
    ExtraDisk changed = EXTRAS.get(EXTRAS.size() - 1);
    try (RandomAccessFile file = new RandomAccessFile(changed.path().toFile(), "rw")) {
      file.seek(MIB / 2 + 1000);
      int old = file.read();
      file.seek(MIB / 2 + 1000);
      file.write(old ^ 1);
      file.getFD().sync();
    }

    String report =
        String.join(
            "\n", shell.run("! " + Fio.run(RANDOM_WRITES + " verify_only=1", List.of(changed))));

    assertEquals(
        List.of("/dev/" + changed.name()),
        Pattern.compile("verify failed at file (\\S+)")
            .matcher(report)
            .results()
            .map(match -> match.group(1))
            .distinct()
            .toList(),
        report);
  }

  @Test
  void shouldLoseAndRepeatNothing_whenPausedUnderFio() throws InterruptedException {
    shell.start(Fio.run("ioengine=psync direct=0 fsync=16 rw=randwrite bsrange=512-32k", EXTRAS));
    for (int i = 0; i < 6; i++) {
      Thread.sleep(1500);
      guest.vm().pause();
      Thread.sleep(300);
      guest.vm().resume();
    }

    Fio.assertClean(EXTRAS, shell.finish());
  }

  @Test
  @Order(Integer.MAX_VALUE - 1)
  void shouldPowerOff_andLeaveACleanFileSystem() throws IOException, InterruptedException {
    warnings = shell.warnings();
    modules = shell.run("cut -d' ' -f1 /proc/modules");

    assertEquals(new VmExit.PowerOff(), guest.end("poweroff"));

    Process check =
        new ProcessBuilder("/sbin/e2fsck", "-fn", LinuxDisks.debian() + "?offset=1048576")
            .redirectErrorStream(true)
            .start();
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, check.waitFor(), said);
  }

  @Test
  @Order(Integer.MAX_VALUE)
  @Timeout(600)
  void shouldHaveWarnedOfNothing_thatAGuestOfQemuDoesNotWarnOf()
      throws IOException, InterruptedException {
    // Its disk is for one machine at a time.
    guest.close();

    // Without systemd, which takes long and has nothing to warn of; but what it loaded may have.
    // One vCPU is enough: more of them could only excuse more warnings.
    try (QemuDebian qemu = QemuDebian.boot(CMDLINE + " init=/bin/sh", 1, MEMORY)) {
      qemu.shell().run("modprobe -qa " + String.join(" ", modules) + " || true");
      assertEquals(List.of(), Warnings.onlyIn(warnings, qemu.shell().warnings()));
    }
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
