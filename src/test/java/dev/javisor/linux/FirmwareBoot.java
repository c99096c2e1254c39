package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.VirtualMachine;
import dev.javisor.backend.BlockBackend;
import dev.javisor.event.VmExit;
import dev.javisor.guest.CloudInitSeed;
import java.nio.file.Path;
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

  private final VirtualMachine vm;
  private final DebianShell shell = new DebianShell(this);
  private final long start = System.nanoTime();
  private long firstCharacter;
  private long prompt;

  private FirmwareBoot(VirtualMachine vm) {
    this.vm = vm;
  }

  /**
   * Fails with an exception, or returns.
   *
   * @param args the firmware, a cloud image that may be written to, the number of vCPUs, and how
   *     often the guest reboots; and, for times to compare with, that image's kernel and initial
   *     RAM disk, and one more such image
   */
  public static void main(String[] args) throws InterruptedException {
    Path firmware = Path.of(args[0]);
    int cpus = Integer.parseInt(args[2]);
    int reboots = Integer.parseInt(args[3]);
    if (args.length > 4) {
      VirtualMachine.Builder direct =
          VirtualMachine.builder().kernel(Path.of(args[4])).initramfs(Path.of(args[5]));
      direct.cmdline("root=LABEL=cloud-root ro console=ttyS0 loglevel=4");
      boot("the kernel alone", direct, Path.of(args[6]), cpus, guest -> {});
    }
    sayThatThereIsNothingToBoot(firmware);
    say("a disk without a boot loader is told of");
    VirtualMachine.Builder builder = VirtualMachine.builder().firmware(firmware).agent();
    boot("the firmware", builder, Path.of(args[1]), cpus, guest -> guest.check(cpus, reboots));
  }

  /** What there is to do with a guest that somebody has logged in to. */
  private interface Checks {
    void run(FirmwareBoot guest) throws InterruptedException;
  }

  private static void boot(
      String what, VirtualMachine.Builder builder, Path disk, int cpus, Checks checks)
      throws InterruptedException {
    try (VirtualMachine vm = configure(builder, disk).cpus(cpus).build()) {
      FirmwareBoot guest = new FirmwareBoot(vm);
      vm.boot();
      guest.logIn();
      say(guest.times(what));
      checks.run(guest);
    }
  }

  private String times(String what) {
    return "%s: first character after %d ms, login prompt %d ms later"
        .formatted(
            what, (firstCharacter - start) / 1_000_000, (prompt - firstCharacter) / 1_000_000);
  }

  private static VirtualMachine.Builder configure(VirtualMachine.Builder builder, Path disk) {
    CloudInitSeed seed = CloudInitSeed.builder().hostname("web1").user("ada", KEY).agent().build();
    return builder
        .memory("1G")
        .consoleOutput(System.out)
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
      long deadline = System.nanoTime() + DebianShell.LIMIT.toNanos();
      while (!vm.console().text().contains("No bootable option or device was found")) {
        assertTrue(System.nanoTime() < deadline, vm.console()::text);
        Thread.sleep(50);
      }
    }
  }

  private void check(int cpus, int reboots) throws InterruptedException {
    checkGuest(shell, cpus);
    say("SMBIOS and cloud-init's work are there");
    checkAgent();
    say("the agent came with the seed");
    for (int i = 0; i < reboots; i++) {
      type("systemctl reboot\n");
      logIn();
      checkGuest(shell, cpus);
      checkAgent();
      say("rebooted through the firmware");
    }
    type("systemctl poweroff\n");
    assertEquals(new VmExit.PowerOff(), vm.awaitExit(DebianShell.LIMIT));
    say("switched off");
  }

  /** Logs in, and waits until nothing else writes to the console: it would be in the answers. */
  private void logIn() throws InterruptedException {
    shell.logIn();
    // SIGRTMIN+21 makes systemd show no status. It may be content with what it started, or not.
    shell.run("kill -55 1; systemctl is-system-running --wait; true");
  }

  private void checkAgent() throws InterruptedException {
    vm.agent().awaitReady(DebianShell.LIMIT);
    assertEquals("web1\n", vm.exec("hostname").requireSuccess().stdout());
    assertEquals("active\n", vm.exec("systemctl", "is-active", "javisor-agent").stdout());
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
    String text = vm.console().text();
    if (firstCharacter == 0 && !text.isEmpty()) {
      firstCharacter = System.nanoTime();
    }
    if (prompt == 0 && text.contains("login: ")) {
      prompt = System.nanoTime();
    }
    return text;
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
