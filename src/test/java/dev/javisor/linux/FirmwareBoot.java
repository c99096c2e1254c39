package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.VirtualMachine;
import dev.javisor.backend.BlockBackend;
import dev.javisor.event.VmExit;
import dev.javisor.guest.CloudInitSeed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A UEFI firmware that boots a cloud image by itself. {@code scripts/test-firmware} starts it where
 * firmware runs, once for all that there is to see.
 */
public final class FirmwareBoot implements DebianShell.Terminal {
  private static final String KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEphdmlzb3I ada@example.org";
  private static final String ID = "00112233-4455-6677-8899-aabbccddeeff";
  private static final String DMI = "/sys/class/dmi/id/";
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final VirtualMachine vm;

  private FirmwareBoot(VirtualMachine vm) {
    this.vm = vm;
  }

  /**
   * Fails with an exception, or returns.
   *
   * @param args the firmware, a cloud image that may be written to, the number of vCPUs, and how
   *     often the guest reboots
   */
  public static void main(String[] args) throws InterruptedException {
    Path firmware = Path.of(args[0]);
    int cpus = Integer.parseInt(args[2]);
    int reboots = Integer.parseInt(args[3]);
    sayThatThereIsNothingToBoot(firmware);
    say("a disk without a boot loader is told of");
    try (VirtualMachine vm = builder(firmware, Path.of(args[1])).cpus(cpus).build()) {
      long start = System.nanoTime();
      vm.boot();
      new FirmwareBoot(vm).check(start, cpus, reboots);
    }
  }

  private static VirtualMachine.Builder builder(Path firmware, Path disk) {
    CloudInitSeed seed = CloudInitSeed.builder().hostname("web1").user("ada", KEY).build();
    return VirtualMachine.builder()
        .firmware(firmware)
        .memory("1G")
        .disk(disk)
        .disk(seed.toDisk())
        .rng()
        .platform(
            platform ->
                platform
                    .serial("S-42")
                    .uuid(UUID.fromString(ID))
                    .assetTag("rack 7")
                    .oemString("one")
                    .oemString("two"));
  }

  private static void sayThatThereIsNothingToBoot(Path firmware) throws InterruptedException {
    try (VirtualMachine vm =
        VirtualMachine.builder()
            .firmware(firmware)
            .memory("512M")
            .disk(BlockBackend.inMemory(64 << 20))
            .build()
            .boot()) {
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (!vm.console().text().contains("No bootable option or device was found")) {
        assertTrue(System.nanoTime() < deadline, vm.console()::text);
        Thread.sleep(50);
      }
    }
  }

  private void check(long start, int cpus, int reboots) throws InterruptedException {
    DebianShell shell = new DebianShell(this);
    logIn(shell);
    say("logged in after %d s".formatted((System.nanoTime() - start) / 1_000_000_000));
    checkGuest(shell, cpus);
    say("SMBIOS and cloud-init's work are there");
    for (int i = 0; i < reboots; i++) {
      type("systemctl reboot\n");
      logIn(shell);
      checkGuest(shell, cpus);
      say("rebooted through the firmware");
    }
    type("systemctl poweroff\n");
    assertEquals(new VmExit.PowerOff(), vm.awaitExit(DebianShell.LIMIT));
    say("switched off");
  }

  /** Logs in, and waits until nothing else writes to the console: it would be in the answers. */
  private static void logIn(DebianShell shell) throws InterruptedException {
    shell.logIn();
    // SIGRTMIN+21 makes systemd show no status.
    shell.run("kill -55 1; systemctl is-system-running --wait; cloud-init status --wait");
  }

  private static void checkGuest(DebianShell shell, int cpus) throws InterruptedException {
    assertEquals("64", shell.line("cat /sys/firmware/efi/fw_platform_size"));
    assertEquals(Integer.toString(cpus), shell.line("nproc"));
    assertEquals(
        List.of("Javisor", "Javisor", "S-42", ID, "rack 7"),
        shell.run(
            "cd %s; cat sys_vendor product_name product_serial product_uuid chassis_asset_tag; cd"
                .formatted(DMI)));
    assertEquals(
        List.of("one", "two"), shell.run("dmidecode -t 11 | sed -n 's/.*String [0-9]*: //p'"));
    assertEquals("web1", shell.line("hostname"));
    assertEquals(KEY, shell.line("cat /home/ada/.ssh/authorized_keys"));
    assertEquals("512", shell.line("head -c 512 /dev/hwrng | wc -c"));
  }

  private static void say(String what) {
    System.out.println("firmware: " + what);
  }

  @Override
  public void type(String text) throws InterruptedException {
    vm.console().write(text);
  }

  @Override
  public String printed() {
    return vm.console().text();
  }

  @Override
  public Optional<String> ended() {
    return vm.exit().isDone() ? Optional.of(vm.exit().join().toString()) : Optional.empty();
  }

  @Override
  public String state() {
    return vm.vcpus().toString();
  }
}
