package dev.javisor.net;

import static java.util.Objects.requireNonNull;

import dev.javisor.config.UserNetConfig;
import dev.javisor.error.InvalidConfigurationException;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.net.user.UserNetSettings;
import dev.javisor.internal.net.user.UserSpec;
import dev.javisor.internal.net.vswitch.AddressTable;
import dev.javisor.internal.net.vswitch.Alarm;
import dev.javisor.internal.net.vswitch.AlarmThread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Collects what makes a switch. */
final class SwitchBuilder implements VirtualSwitch.Builder {
  /** Twice the longest frame of all and more, as one sender gets half of it. */
  private static final long LEAST_QUEUE = 256 << 10;

  private static final long MOST_QUEUE = 1L << 40;
  private static final Duration LONGEST_AGE = Duration.ofDays(365);

  private long seed;
  private boolean antiSpoofing;
  private int addressesPerPort = 128;
  private Duration addressAge = Duration.ofMinutes(5);
  private long queueBytes = 4 << 20;
  private ThreadFactory threads = SwitchBuilder::daemon;
  private @Nullable Function<Runnable, Alarm> alarms;
  private @Nullable UserNetSettings user;

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "javisor-switch");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public SwitchBuilder seed(long value) {
    seed = value;
    return this;
  }

  @Override
  public SwitchBuilder antiSpoofing(boolean on) {
    antiSpoofing = on;
    return this;
  }

  @Override
  public SwitchBuilder addressesPerPort(int count) {
    addressesPerPort = count;
    return this;
  }

  @Override
  public SwitchBuilder addressAge(Duration age) {
    addressAge = requireNonNull(age, "age");
    return this;
  }

  @Override
  public SwitchBuilder queueBytes(long bytes) {
    queueBytes = bytes;
    return this;
  }

  @Override
  public SwitchBuilder threads(ThreadFactory factory) {
    threads = requireNonNull(factory, "factory");
    return this;
  }

  @Override
  public SwitchBuilder user(Consumer<? super UserNetConfig> told) {
    UserNetSettings settings = new UserNetSettings();
    told.accept(settings);
    user = settings;
    return this;
  }

  /** Another time than the JVM's. */
  SwitchBuilder alarms(Function<Runnable, Alarm> factory) {
    alarms = factory;
    return this;
  }

  @Override
  public DefaultSwitch build() {
    check("addressesPerPort", addressesPerPort, 1, 1 << 20);
    check("queueBytes", queueBytes, LEAST_QUEUE, MOST_QUEUE);
    if (addressAge.isNegative() || addressAge.compareTo(LONGEST_AGE) > 0) {
      throw new IllegalArgumentException(
          "addressAge %s: from 0 to %s".formatted(addressAge, LONGEST_AGE));
    }
    AddressTable addresses = new AddressTable(addressesPerPort, addressAge.toNanos(), antiSpoofing);
    UserSpec host = host();
    Function<Runnable, Alarm> factory = alarms;
    DefaultSwitch made =
        new DefaultSwitch(
            seed,
            queueBytes,
            new SwitchFabric(
                addresses,
                antiSpoofing,
                factory != null ? factory : task -> new AlarmThread(threads, task)));
    if (host != null) {
      made.join(host, threads);
    }
    return made;
  }

  private @Nullable UserSpec host() {
    UserNetSettings settings = user;
    if (settings == null) {
      return null;
    }
    List<Problem> problems = new ArrayList<>();
    UserSpec spec = settings.resolve("switch", problems);
    for (UserSpec.Forward forward : spec.forwards()) {
      problems.add(
          new Problem(
              "switch.user.forward",
              "%d to %d".formatted(forward.hostPort(), forward.guestPort()),
              "a switch has several guests; VirtualMachine.forward says to which one"));
    }
    if (spec.hostName() != null) {
      problems.add(
          new Problem(
              "switch.user.hostName", spec.hostName(), "guests are called as their ports are"));
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigurationException(problems);
    }
    return spec;
  }

  private static void check(String field, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s %d: from %d to %d".formatted(field, value, least, most));
    }
  }
}
