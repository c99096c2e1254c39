package dev.javisor.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.javisor.Hypervisor;
import dev.javisor.VirtualMachine;
import java.nio.channels.Channels;
import java.nio.ByteBuffer;
import dev.javisor.VsockChannel;
import dev.javisor.agent.PortForward;
import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.NetBackend;
import dev.javisor.backend.NetWire;
import dev.javisor.net.VirtualSwitch;
import dev.javisor.config.ConsoleMode;
import dev.javisor.config.NetChannel;
import dev.javisor.config.NetPolicy;
import dev.javisor.config.LinkConditions;
import dev.javisor.config.OnReset;
import dev.javisor.error.ConfigurationProblem;
import dev.javisor.error.ExitTimeoutException;
import dev.javisor.error.GuestBootException;
import dev.javisor.error.InvalidConfigurationException;
import dev.javisor.event.VmExit;
import dev.javisor.guest.CloudInitSeed;
import dev.javisor.guest.GuestKernel;
import dev.javisor.guest.GuestPackages;
import dev.javisor.guest.Initramfs;
import dev.javisor.image.Image;
import dev.javisor.image.ImageRun;
import dev.javisor.image.RootFs;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the README quotes. A test compares. */
final class Snippets {
  private static final Logger logger = LoggerFactory.getLogger(Snippets.class);

  private Snippets() {}

  static void quickStart() throws InterruptedException {
    GuestPackages debian = GuestPackages.debian();
    try (VirtualMachine vm =
        VirtualMachine.builder()
            .kernel(debian.kernel())
            .initramfs(Initramfs.builder().busybox(debian.busybox()).init("uname -a").build())
            .console(System.out::println)
            .build()
            .boot()) {
      VmExit exit = vm.awaitExit(Duration.ofMinutes(1)); // PowerOff[]
    }
  }

  static void probe() {
    Hypervisor host = Hypervisor.probe();
    host.obstacle().ifPresent(o -> System.err.println(o.reason() + "; " + o.fix()));
    boolean linuxBoots = host.canRunStockKernel();
  }

  static void kernels() {
    GuestKernel own = GuestKernel.of(Path.of("vmlinux")); // a bzImage, or an ELF with a PVH note
    GuestKernel host = GuestKernel.host(); // the newest in /boot, with its modules
    GuestKernel debian = GuestKernel.debian(); // from the cache, or downloaded

    GuestPackages sid = GuestPackages.debian().suite("sid").cache(Path.of("/var/cache/guests"));
    Initramfs initramfs =
        Initramfs.builder()
            .busybox(sid.busybox())
            .modules(debian, "loop", "ext4") // and what they need, in order
            .file("/etc/motd", "hello\n", 0644)
            .init("cat /etc/motd; sh")
            .build();
  }

  static void console(VirtualMachine.Builder builder) throws InterruptedException {
    builder
        .console(line -> System.out.println("guest: " + line)) // each line, from the first on
        .consoleLog(logger) // each line at INFO
        .consoleOutput(System.out); // each byte

    try (VirtualMachine vm = builder.build().boot()) {
      vm.console().write("ls\n"); // types; waits until the port took it
      String all = vm.console().text(); // what was printed so far, also after the end
      String last = vm.console().tail(20);
    }
  }

  static void disks(VirtualMachine.Builder builder) throws InterruptedException {
    try (BlockBackend throwaway = BlockBackend.overlay(Path.of("debian.raw"))) {
      builder
          .disk(throwaway) // /dev/vda: what the guest writes is gone afterwards
          .disk(Path.of("data.raw")) // /dev/vdb: a raw file or a block device
          .disk(disk -> disk.path(Path.of("tools.raw")).readOnly(true).serial("TOOLS"))
          .disk(BlockBackend.inMemory(64 << 20)); // or Java code of yours
      try (VirtualMachine vm = builder.build().boot()) {
        vm.awaitExit(Duration.ofMinutes(5));
      }
    }
  }

  static void vsock(VirtualMachine.Builder builder, Logger logger) throws IOException {
    VirtualMachine vm = builder.vsock().build();
    vm.vsock().listen(5000, channel -> logger.info("port {} of the guest", channel.guestPort()));
    vm.boot();
    try (VsockChannel channel = vm.vsock().connect(1024)) {
      channel.write(ByteBuffer.wrap("hello\n".getBytes(UTF_8)));
      channel.shutdownOutput();
      byte[] answer = Channels.newInputStream(channel).readAllBytes();
    }
  }

  static void guestAgent(VirtualMachine.Builder builder, Logger logger)
      throws InterruptedException {
    VirtualMachine vm =
        builder.agent(agent -> agent.busybox(GuestPackages.debian().busybox())).build().boot();

    String kernel = vm.exec("uname", "-r").requireSuccess().stdout();
    vm.agent().copyIn(Path.of("site"), "/srv/www");
    try (PortForward web = vm.forward(80)) {
      logger.info("the guest's web server: {}", web.uri("/"));
    }
  }

  /** A server that the README makes up. */
  static final class FakeDatabase {
    static void serve(NetChannel channel) throws IOException {
      channel.write(UTF_8.encode("ready"));
    }
  }

  static void userNetwork(VirtualMachine.Builder builder) throws IOException {
    VirtualMachine vm = builder.net(net -> net.user()).build().boot();
    URI page = vm.uri(80, "/"); // what the guest serves, by a free port of 127.0.0.1: vm.port(80)
    try (NetChannel channel = vm.connect(22)) { // or by no port of this host at all
      channel.read(ByteBuffer.allocate(80));
    }
  }

  static void userNetworkWithPolicy(VirtualMachine.Builder builder) {
    builder.net(
        net ->
            net.user(
                user ->
                    user.policy(NetPolicy.only("www.example.org:80", "host:8080")) // or all(), none()
                        .forward(8080, 80) // port 8080 of 127.0.0.1 leads to the guest's port 80
                        .listen("db", 5432, FakeDatabase::serve))); // Java code is the host db
  }

  static void images(Logger logger) throws InterruptedException {
    Path disk = RootFs.fromTar(Path.of("rootfs.tar.xz")).toDisk(Path.of("root.ext4"));

    try (ImageRun run = Image.fromOciLayout(Path.of("app")).run(c -> c.arguments("--port", "80"))) {
      logger.info("the service: {}", run.vm().forward(80).uri("/"));
      run.awaitExit(Duration.ofMinutes(1));
    }
  }

  static VirtualMachine rootDisk() {
    Path disk = RootFs.fromTar(Path.of("rootfs.tar.xz")).toDisk(Path.of("root.ext4"));
    VirtualMachine vm =
        VirtualMachine.builder()
            .kernel(GuestKernel.debian())
            .cmdline("console=ttyS0 root=/dev/vda rw")
            .disk(BlockBackend.overlay(disk))
            .agent()
            .build();
    return vm;
  }

  static void networks(VirtualMachine.Builder builder, Logger logger) throws IOException {
    NetWire wire = new NetWire(); // a cable between two machines of this JVM
    NetBackend recorded = NetBackend.recording(wire.first(), Path.of("wire.pcap")); // for Wireshark
    builder
        .net() // eth0: a TAP interface that is made, with addresses that Javisor chooses
        .net(net -> net.tap("tap0").mac("52:54:00:12:34:56")) // eth1: made, or there before
        .net(recorded); // eth2: or Java code of yours
    VirtualMachine vm = builder.build().boot();
    vm.nets().forEach(net -> logger.info("{}: {} {}", net, net.tap(), net.hostAddress()));
    vm.net("net1").link(false); // pulls the cable
  }

  static void network(
      VirtualMachine.Builder one, VirtualMachine.Builder two, VirtualMachine.Builder three)
      throws IOException {
    VirtualSwitch network = VirtualSwitch.create(1); // the seed of all that is left to chance
    one.net(network.port("a"));
    two.net(network.port("b"));
    three.net(network.port("c"));

    LinkConditions far = LinkConditions.builder().latency(Duration.ofMillis(20)).loss(0.05).build();
    network.conditions("c", far); // this and what follows at any time
    network.startCapture("a", Path.of("a.pcap")); // for Wireshark
    network.partition(Set.of("a"), Set.of("b", "c"));
    network.heal();
    logger.info("{}", network.counters("a"));
  }

  static void namesOnASwitch(VirtualMachine.Builder one, VirtualMachine.Builder two) {
    VirtualSwitch network =
        VirtualSwitch.builder().user(user -> user.policy(NetPolicy.none())).build(); // not to the host
    one.net(network.port("db"));
    two.net(network.port("web")); // reaches the other as "db"
    network.isolate("db");
  }

  static void cloudImage(VirtualMachine.Builder builder) throws InterruptedException {
    CloudInitSeed seed =
        CloudInitSeed.builder()
            .hostname("web1")
            .user("ada", "ssh-ed25519 AAAAC3Nza... ada@example.org")
            .build();
    builder
        .firmware(Path.of("CLOUDHV.fd"))
        .disk(Path.of("debian-cloud.raw")) // GPT, EFI system partition, boot loader
        .disk(seed.toDisk()) // what cloud-init sets up at the first boot
        .platform(platform -> platform.serial("web1").oemString("rack 7"));
    try (VirtualMachine vm = builder.build().boot()) {
      vm.awaitExit(Duration.ofMinutes(5));
    }
  }

  static void consoleModes(VirtualMachine.Builder builder, VirtualMachine vm) {
    builder
        .serial(ConsoleMode.file(Path.of("boot.log"))) // off, none, api, file, pty, socket
        .virtioConsole(ConsoleMode.pty());

    Path terminal = vm.virtioConsolePath().orElseThrow(); // screen /dev/pts/7
    vm.console().resize(132, 50); // what `stty size` says in the guest
  }

  static void lifecycle(VirtualMachine vm) throws InterruptedException {
    vm.pause(); // vCPUs stand still, and kvmclock with them
    vm.resume();
    vm.reset(); // reboots, whatever onReset says
    vm.powerButton(); // the guest decides what comes of it
    if (!vm.shutdown(Duration.ofSeconds(20))) { // power button, and wait
      vm.kill(); // the end, at once
    }
    vm.exit().thenAccept(exit -> logger.info("ended: {}", exit)); // never on a vCPU thread
  }

  static void exits(VirtualMachine.Builder builder) throws InterruptedException {
    try (VirtualMachine vm =
        builder.onReset(OnReset.EXIT).cmdline("console=ttyS0 panic=-1").build().boot()) {
      VmExit exit = vm.awaitExit(Duration.ofMinutes(1));
      if (exit instanceof VmExit.Panic panic) {
        throw new AssertionError(panic.message() + "\n" + vm.console().tail(30));
      }
    } catch (InvalidConfigurationException e) { // from build(): all mistakes at once
      for (ConfigurationProblem problem : e.problems()) {
        System.err.println(problem.field() + ": " + problem.hint());
      }
    } catch (GuestBootException e) { // from boot(): the stage, and errno by name
      System.err.println(e.stage() + " " + e.errno().orElse(""));
    } catch (ExitTimeoutException e) { // from awaitExit(): what the vCPUs were doing
      System.err.println(e.vcpus() + "\n" + e.consoleTail());
    }
  }
}
