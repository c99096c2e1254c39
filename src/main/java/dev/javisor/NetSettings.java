package dev.javisor;

import static java.util.Objects.requireNonNull;

import dev.javisor.backend.NetBackend;
import dev.javisor.config.NetConfig;
import dev.javisor.config.RateLimiter;
import dev.javisor.config.UserNetConfig;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.net.MacAddress;
import dev.javisor.internal.net.NicLimiters;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.net.tap.NetSpec;
import dev.javisor.internal.net.tap.TapSpec;
import dev.javisor.internal.net.user.UserNetSettings;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A network device as the builder was told. */
final class NetSettings implements NetConfig {
  private static final int DEFAULT_QUEUE_SIZE = 256;

  private final @Nullable NetBackend backend;
  private @Nullable UserNetSettings user;
  private String tap = "";
  private int[] descriptors = {};
  private String mac = "";
  private String ip = "";
  private String mask = "";
  private String hostMac = "";
  private @Nullable Integer mtu;
  private @Nullable Integer pairs;
  private int queueSize = DEFAULT_QUEUE_SIZE;
  private boolean checksum = true;
  private boolean tso = true;
  private boolean ufo = true;
  private NicLimiters limiters = NicLimiters.UNLIMITED;
  private String id = "";

  /**
   * @param backend the user's code that is the other side; null for a TAP interface
   */
  NetSettings(@Nullable NetBackend backend) {
    this.backend = backend;
  }

  @Override
  public NetConfig user(Consumer<? super UserNetConfig> told) {
    UserNetSettings settings = new UserNetSettings();
    told.accept(settings);
    user = settings;
    return this;
  }

  @Override
  public NetConfig tap(String name) {
    tap = requireNonNull(name, "name");
    return this;
  }

  @Override
  public NetConfig descriptors(int... descriptors) {
    this.descriptors = descriptors.clone();
    return this;
  }

  @Override
  public NetConfig mac(String mac) {
    this.mac = requireNonNull(mac, "mac");
    return this;
  }

  @Override
  public NetConfig ip(String address) {
    ip = requireNonNull(address, "address");
    return this;
  }

  @Override
  public NetConfig mask(String mask) {
    this.mask = requireNonNull(mask, "mask");
    return this;
  }

  @Override
  public NetConfig hostMac(String mac) {
    hostMac = requireNonNull(mac, "mac");
    return this;
  }

  @Override
  public NetConfig mtu(int bytes) {
    mtu = bytes;
    return this;
  }

  @Override
  public NetConfig queuePairs(int pairs) {
    this.pairs = pairs;
    return this;
  }

  @Override
  public NetConfig queueSize(int queueSize) {
    this.queueSize = queueSize;
    return this;
  }

  @Override
  public NetConfig offloadChecksum(boolean offload) {
    checksum = offload;
    return this;
  }

  @Override
  public NetConfig offloadTso(boolean offload) {
    tso = offload;
    return this;
  }

  @Override
  public NetConfig offloadUfo(boolean offload) {
    ufo = offload;
    return this;
  }

  @Override
  public NetConfig receiveRateLimiter(RateLimiter limiter) {
    limiters = new NicLimiters(requireNonNull(limiter, "limiter"), limiters.sent());
    return this;
  }

  @Override
  public NetConfig sendRateLimiter(RateLimiter limiter) {
    limiters = new NicLimiters(limiters.received(), requireNonNull(limiter, "limiter"));
    return this;
  }

  @Override
  public NetConfig id(String id) {
    this.id = requireNonNull(id, "id");
    return this;
  }

  /**
   * Makes out the device.
   *
   * @param index among the network devices
   * @param problems takes the mistakes
   */
  NetSpec resolve(int index, List<Problem> problems) {
    String field = "nets[%d]".formatted(index);
    NetChecks checks = new NetChecks(field, problems);
    int queues = pairs != null ? pairs : Math.max(1, descriptors.length);
    if (backend != null) {
      checks.backendOnly(backend, tap, ip, mask, hostMac, descriptors.length);
    }
    UserNetSettings played = user;
    if (played != null) {
      checks.userOnly(backend, tap, ip, mask, hostMac, descriptors.length);
    }
    checks.queues(queues, queueSize);
    checks.descriptors(descriptors, queues, tap);
    checks.offloads(checksum, tso || ufo);
    if (!tap.isEmpty()) {
      checks.interfaceName(tap);
    }
    MacAddress guest =
        mac.isEmpty() ? MacAddress.random(new SecureRandom()) : checks.mac("mac", mac);
    boolean segments = checksum && tso;
    TapSpec spec =
        new TapSpec(
            tap.isEmpty() ? null : tap,
            Arrays.stream(descriptors).boxed().toList(),
            checks.address(ip, mask),
            ip.isEmpty(),
            hostMac.isEmpty() ? null : checks.mac("hostMac", hostMac),
            mtu != null ? checks.mtu(mtu) : 0,
            queues,
            new Offloads(checksum, segments, segments, segments, checksum && ufo));
    String name = id.isEmpty() ? "net" + index : id;
    checks.id(name);
    return new NetSpec(
        field,
        name,
        guest,
        queues,
        queueSize,
        spec.mtu(),
        limiters,
        backend,
        played == null ? null : played.resolve(field, problems),
        spec);
  }
}
