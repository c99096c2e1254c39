package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.NetBackend;
import dev.javisor.backend.NetFrame;
import dev.javisor.backend.NetGuest;
import dev.javisor.config.DiskEngine;
import dev.javisor.config.RateLimit;
import dev.javisor.config.RateLimit.Bucket;
import dev.javisor.config.RateLimiter;
import dev.javisor.internal.block.file.DiskSpec;
import dev.javisor.internal.net.MacAddress;
import dev.javisor.internal.net.NicLimiters;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.net.tap.NetSpec;
import dev.javisor.internal.net.tap.TapSpec;
import dev.javisor.testing.microguest.Assembler;
import dev.javisor.testing.microguest.Condition;
import dev.javisor.testing.microguest.Label;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroDriver;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A guest asks of each of its devices as much as it gets. What it got, by its own count, is what
 * the limit says, over seconds.
 */
@Timeout(120)
class MachineRateTest {
  private static final long RAM = 16L << 20;
  private static final int BLOCK = 64 << 10;
  private static final int MTU = 9000;
  private static final int FRAME = MTU + 14;
  private static final int SMALL_FRAME = 60;
  private static final int NET_HEADER = 12;
  private static final long SECONDS = 5;
  private static final long NANOS = 1_000_000_000;
  private static final int WRITE_REQUEST = 1;

  /** A hundred a second, with a burst that is there once. */
  private static final Bucket OPERATIONS = new Bucket(10, Duration.ofMillis(100), 50);

  /** 10 MB a second, likewise. */
  private static final Bucket BYTES = new Bucket(1_000_000, Duration.ofMillis(100), 3_000_000);

  /** Two hundred a second: whoever comes late each time gets less. */
  private static final Bucket SHORT = new Bucket(1, Duration.ofMillis(5), 100);

  /** What the guest does over and over, and what limits it. */
  private static final class Load {
    final String name;
    final Mem count;
    final Meter meter;

    Load(String name, int number, RateLimit limit, int bytes) {
      this.name = name;
      count = Mem.at(DATA + 8L * number);
      meter = new Meter(name, limit, bytes);
    }
  }

  private final List<Load> loads = new ArrayList<>();
  private final Load writes = load("operations of a disk", operations(), BLOCK);
  private final Load written = load("bytes of a disk", bytes(), BLOCK);
  private final Load sent = load("frames sent", operations(), FRAME);
  private final Load sentBytes = load("bytes sent", bytes(), FRAME);
  private final Load oneByOne =
      load("operations one by one", RateLimit.UNLIMITED.andOperations(SHORT), BLOCK);
  private final Load received = load("frames received", operations(), SMALL_FRAME);

  private Load load(String name, RateLimit limit, int bytes) {
    Load load = new Load(name, loads.size(), limit, bytes);
    loads.add(load);
    return load;
  }

  private static RateLimit operations() {
    return RateLimit.UNLIMITED.andOperations(OPERATIONS);
  }

  private static RateLimit bytes() {
    return RateLimit.UNLIMITED.andBytes(BYTES);
  }

  @Test
  void shouldHoldTheirRates_onceTheBurstIsSpent() throws InterruptedException {
    try (Pump pump = new Pump();
        MicroMachine vm = MicroMachine.create(guest(), spec -> withAll(spec, pump))) {
      vm.machine().boot();
      for (Load load : loads) {
        load.meter.guestsCount = () -> vm.memory().readLong(load.count.displacement());
      }
      pump.start();

      // On a busy machine it takes what it takes.
      while (!loads.stream().allMatch(load -> load.meter.seconds() >= SECONDS)) {
        assertNull(vm.exit());
        Thread.sleep(10);
      }

      loads.forEach(load -> load.meter.assertHeld());
    }
  }

  private MicroGuest guest() {
    return MicroGuest.code(
            a -> {
              List<MicroDriver.Queue> queues =
                  List.of(
                      disk(a, 1),
                      disk(a, 2),
                      sender(a, 3),
                      sender(a, 4),
                      disk(a, 5),
                      receiver(a, 6));
              queues.forEach(queue -> queue.submit(a));
              a.forever(
                  () -> {
                    for (int i = 0; i < queues.size(); i++) {
                      askAgain(a, queues.get(i), loads.get(i));
                    }
                  });
            })
        .memory(RAM);
  }

  private static MicroDriver.Queue disk(Assembler a, int slot) {
    MicroDriver driver = new MicroDriver(slot);
    MicroDriver.Queue queue = driver.chains(0);
    long header = queue.buffers();
    a.store(4, Mem.at(header), WRITE_REQUEST);
    queue.part(a, 0, header, 16, false, false);
    queue.part(a, 1, data(slot), BLOCK, false, false);
    queue.part(a, 2, header + 0x10, 1, true, true);
    driver.start(a, queue);
    return queue;
  }

  private static MicroDriver.Queue sender(Assembler a, int slot) {
    MicroDriver driver = new MicroDriver(slot);
    MicroDriver.Queue queue = driver.queue(1, 0);
    queue.part(a, 0, data(slot), NET_HEADER + FRAME, false, true);
    driver.start(a, queue);
    return queue;
  }

  private static MicroDriver.Queue receiver(Assembler a, int slot) {
    MicroDriver driver = new MicroDriver(slot);
    MicroDriver.Queue queue = driver.queue(0, 0);
    queue.part(a, 0, data(slot), NET_HEADER + FRAME, true, true);
    driver.start(a, queue);
    return queue;
  }

  private static long data(int slot) {
    return DATA + 0x10_0000L * slot;
  }

  private static void askAgain(Assembler a, MicroDriver.Queue queue, Load load) {
    Label busy = a.label();
    queue.compare(a);
    a.jump(Condition.NOT_EQUAL, busy);
    a.inc(8, load.count);
    queue.submit(a);
    a.here(busy);
  }

  private MachineSpec withAll(MachineSpec spec, Pump pump) {
    return new MachineSpec(
        spec.name(),
        spec.payload(),
        spec.cpus(),
        spec.ram(),
        List.of(
            disk("disk0", writes.meter),
            disk("disk1", written.meter),
            net("net0", new Sink(), RateLimiter.UNLIMITED, sent.meter),
            net("net1", new Sink(), RateLimiter.UNLIMITED, sentBytes.meter),
            disk("disk2", oneByOne.meter),
            net("net2", pump, received.meter, RateLimiter.UNLIMITED)),
        spec.threads());
  }

  private static PciDeviceFactory disk(String id, RateLimiter limiter) {
    return DiskDevices.from(
        new DiskSpec(
            id,
            id,
            null,
            BlockBackend.inMemory(BLOCK),
            false,
            false,
            1,
            16,
            "",
            limiter,
            DiskEngine.AUTO,
            0));
  }

  private static PciDeviceFactory net(
      String id, NetBackend backend, RateLimiter received, RateLimiter sent) {
    return new MachineNic(
        new NetSpec(
            id,
            id,
            MacAddress.parse("02:00:00:00:00:01"),
            1,
            16,
            MTU,
            new NicLimiters(received, sent),
            backend,
            new TapSpec(null, List.of(), null, false, null, 0, 1, Offloads.NONE)));
  }

  /** Takes all frames. */
  private static final class Sink implements NetBackend {
    @Override
    public void attach(NetGuest guest) {}

    @Override
    public void transmit(NetFrame frame) {
      frame.complete();
    }
  }

  /** Always has another frame for the guest. */
  private static final class Pump implements NetBackend {
    private final Thread thread = new Thread(this::run, "pump");
    private volatile NetGuest guest;

    void start() {
      thread.start();
    }

    private void run() {
      ByteBuffer frame = ByteBuffer.allocate(SMALL_FRAME);
      try {
        while (true) {
          guest.deliver(frame);
          // Often enough for a rate that is a tenth of this.
          Thread.sleep(1);
        }
      } catch (InterruptedException e) {
        // The end.
      }
    }

    @Override
    public void attach(NetGuest guest) {
      this.guest = guest;
    }

    @Override
    public void transmit(NetFrame frame) {
      frame.complete();
    }

    @Override
    public void close() {
      thread.interrupt();
    }
  }

  /**
   * A limiter that notes what passed from one moment at which the bucket was empty to another: the
   * burst is spent then, and nothing is saved up.
   */
  private static final class Meter implements RateLimiter {
    private final String name;
    private final RateLimiter limiter;
    private final Bucket bucket;
    private final double perNano;

    /** What an operation of the guest takes from the bucket. */
    private final long cost;

    volatile LongSupplier guestsCount;
    private boolean spent;
    private long countAtStart;
    private long startsAfter;
    private long startsBefore;
    private long count;
    private long endsAfter;
    private long endsBefore;

    /** In the bucket at the time when somebody asked last. */
    private double tokens;

    /** What did not fit the bucket any more, as nobody asked: a thread that was not let run. */
    private double lost;

    private long lastAsked;

    Meter(String name, RateLimit limit, int bytesEach) {
      this.name = name;
      limiter = RateLimiter.of(limit);
      cost = limit.bytes().isPresent() ? bytesEach : 1;
      bucket = limit.bytes().or(limit::operations).orElseThrow();
      perNano = (double) bucket.size() / bucket.refill().toNanos();
    }

    @Override
    public synchronized long acquire(long bytes) {
      long before = System.nanoTime();
      long wait = limiter.acquire(bytes);
      long after = System.nanoTime();
      if (spent) {
        tokens += (after - lastAsked) * perNano;
        lost += Math.max(0, tokens - bucket.size());
      }
      lastAsked = before;
      // What it takes is known here; how much there is, by how long it lacks.
      tokens = wait > 0 ? cost - wait * perNano : Math.min(tokens, bucket.size()) - cost;
      LongSupplier counter = guestsCount;
      if (wait > 0 && counter != null) {
        refused(counter.getAsLong(), before, after);
      }
      return wait;
    }

    private void refused(long now, long before, long after) {
      if (!spent) {
        spent = true;
        countAtStart = now;
        startsAfter = before;
        startsBefore = after;
      }
      count = now;
      endsAfter = before;
      endsBefore = after;
    }

    synchronized double seconds() {
      return (double) (endsAfter - startsBefore) / NANOS;
    }

    synchronized void assertHeld() {
      double passed = (double) (count - countAtStart) * cost;
      double most = perNano * (endsBefore - startsAfter) + cost;
      double least = perNano * (endsAfter - startsBefore) - cost;
      String found =
          "%s: %.0f passed in %.3f s, %.0f nobody asked for; %.0f to %.0f are due"
              .formatted(name, passed, seconds(), lost, least, most);
      long burst = bucket.oneTimeBurst() + bucket.size();
      assertTrue(countAtStart * cost > burst - cost, "after the burst; " + found);
      assertTrue(lost < 0.9 * least, "it was asked again in time; " + found);
      assertTrue(passed <= 1.05 * most && passed >= 0.95 * (least - lost), found);
    }

    @Override
    public RateLimit limit() {
      return limiter.limit();
    }

    @Override
    public void limit(RateLimit limit) {
      limiter.limit(limit);
    }
  }
}
