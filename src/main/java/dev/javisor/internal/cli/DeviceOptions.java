package dev.javisor.internal.cli;

import dev.javisor.VirtualMachine;
import dev.javisor.config.DiskConfig;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that give the machine devices. Cloud Hypervisor's names and keys. */
final class DeviceOptions {
  private static final String DISK = "--disk";
  private static final String NET = NetOption.NAME;
  private static final String RNG = "--rng";
  private static final Duration DEFAULT_POLL = Duration.ofNanos(50_000);
  private static final List<String> DISK_KEYS =
      Stream.concat(
              Stream.of(
                  "path",
                  "readonly",
                  "direct",
                  "num_queues",
                  "queue_size",
                  "serial",
                  "id",
                  "poll",
                  "rate_limit_group"),
              RateLimitKeys.NAMES.stream())
          .toList();

  @Option(
      names = DISK,
      arity = "1..*",
      paramLabel =
          "path=FILE[,readonly=on][,direct=on][,num_queues=N][,queue_size=N][,serial=TEXT][,id=NAME]"
              + "[,poll=on|MICROSECONDS]"
              + "[,rate_limit_group=NAME][,bw_size=BYTES,bw_refill_time=MS[,bw_one_time_burst=BYTES]]"
              + "[,ops_size=N,ops_refill_time=MS[,ops_one_time_burst=N]]",
      description = {
        "a disk: a raw image or a block device; several after each other, or the option again;",
        "poll: how long a queue's thread may look for requests before it sleeps, on: 50 us"
      })
  private List<String> disks = new ArrayList<>();

  @Option(
      names = RateLimitGroups.OPTION,
      arity = "1..*",
      paramLabel =
          "id=NAME[,bw_size=BYTES,bw_refill_time=MS[,bw_one_time_burst=BYTES]]"
              + "[,ops_size=N,ops_refill_time=MS[,ops_one_time_burst=N]]",
      description = "a limit that devices share which name it by rate_limit_group")
  private List<String> groups = new ArrayList<>();

  @Option(
      names = NET,
      arity = "1..*",
      paramLabel =
          "tap=NAME[,mac=MAC][,ip=ADDRESS][,mask=MASK][,host_mac=MAC][,mtu=N][,num_queues=N]"
              + "[,queue_size=N][,fd=N|[N,...]][,offload_csum=off][,offload_tso=off]"
              + "[,offload_ufo=off][,id=NAME]"
              + "[,bw_size=BYTES,bw_refill_time=MS[,bw_one_time_burst=BYTES]]"
              + "[,ops_size=N,ops_refill_time=MS[,ops_one_time_burst=N]]"
              + " | user[,forward=[HOSTPORT:GUESTPORT,...]][,policy=all|none|[HOST:PORT,...]]"
              + "[,network=ADDRESS/PREFIX][,host_name=NAME]",
      description =
          "a network device on a TAP interface; what is left out or empty is chosen and printed;"
              + " num_queues counts both directions. With user, on a network that needs no"
              + " privileges: the guest gets its address by DHCP, and ports of 127.0.0.1 lead to it")
  private List<String> nets = new ArrayList<>();

  @Option(
      names = VsockOption.NAME,
      paramLabel = "socket=FILE[,cid=N][,id=NAME]",
      description =
          "sockets between host and guest: a program that writes 'CONNECT PORT' to the Unix socket"
              + " FILE is connected to the guest's port; the guest's connections to port P of the"
              + " host go to FILE_P")
  private @Nullable String vsock;

  @Option(
      names = RNG,
      arity = "0..1",
      paramLabel = "src=FILE",
      defaultValue = "src=/dev/urandom",
      fallbackValue = "src=/dev/urandom",
      description = "where the entropy device gets its bytes from; default: ${DEFAULT-VALUE}")
  private String rng = "";

  @Option(
      names = "--pvpanic",
      description =
          "a panic device: the machine ends when the guest's kernel says that it panicked")
  private boolean pvpanic;

  @Option(
      names = "--watchdog",
      description = "a watchdog that resets the guest when it hangs; Linux's driver is wdat_wdt")
  private boolean watchdog;

  /**
   * Tells the builder.
   *
   * @throws IllegalArgumentException naming the option and the word that is wrong
   */
  void apply(VirtualMachine.Builder builder) {
    RateLimitGroups limits = new RateLimitGroups(groups);
    for (String disk : disks) {
      KeyValues keys = KeyValues.parse(DISK, disk, DISK_KEYS);
      builder.disk(config -> configure(config, keys, limits));
    }
    for (String net : nets) {
      NetOption.apply(builder, net);
    }
    if (vsock != null) {
      VsockOption.apply(builder, vsock);
    }
    String source = KeyValues.parse(RNG, rng, List.of("src")).get("src");
    if (source != null) {
      builder.rng(KeyValues.path(RNG, "src", source));
    }
    if (pvpanic) {
      builder.pvpanic();
    }
    if (watchdog) {
      builder.watchdog();
    }
  }

  private static Duration poll(String value) {
    return switch (value) {
      case "on", "true" -> DEFAULT_POLL;
      case "off", "false" -> Duration.ZERO;
      default -> {
        try {
          yield Duration.of(Integer.parseInt(value), ChronoUnit.MICROS);
        } catch (NumberFormatException e) {
          throw new IllegalArgumentException(
              "%s: poll=%s: expected on, off or microseconds".formatted(DISK, value), e);
        }
      }
    };
  }

  private static void configure(DiskConfig config, KeyValues keys, RateLimitGroups limits) {
    String path = keys.get("path");
    if (path == null) {
      throw new IllegalArgumentException(DISK + ": path=FILE is missing");
    }
    config
        .path(KeyValues.path(DISK, "path", path))
        .readOnly(keys.isOn(DISK, "readonly", false))
        .direct(keys.isOn(DISK, "direct", false))
        .rateLimiter(limits.limiter(DISK, keys));
    String queues = keys.get("num_queues");
    if (queues != null) {
      config.queues(KeyValues.number(DISK, "num_queues", queues));
    }
    String queueSize = keys.get("queue_size");
    if (queueSize != null) {
      config.queueSize(KeyValues.number(DISK, "queue_size", queueSize));
    }
    String serial = keys.get("serial");
    if (serial != null) {
      config.serial(serial);
    }
    String poll = keys.get("poll");
    if (poll != null) {
      config.poll(poll(poll));
    }
    String id = keys.get("id");
    if (id != null) {
      config.id(id);
    }
  }
}
