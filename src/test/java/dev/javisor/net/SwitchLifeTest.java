package dev.javisor.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.NetBackend;
import dev.javisor.backend.NetFrame;
import dev.javisor.backend.NetGuest;
import dev.javisor.config.LinkConditions;
import dev.javisor.net.SwitchBench.Guest;
import dev.javisor.testing.net.Tcpdump;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings, the thread, and the end of a switch. */
class SwitchLifeTest {
  private static final LinkConditions SECOND =
      LinkConditions.builder().latency(Duration.ofSeconds(1)).build();

  @TempDir Path folder;

  /** A line a frame, without the dump of those that tcpdump cannot take apart. */
  private static List<String> frames(Path file) throws Exception {
    return Tcpdump.read(file).stream().filter(line -> !line.startsWith("\t")).toList();
  }

  @Test
  void shouldWriteWhatAPortSendsAndGets_whileAskedTo() throws Exception {
    Path file = folder.resolve("b.pcap");
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);
      Guest b = bench.plug("b", 2);
      Guest c = bench.plug("c", 3);
      a.send(b);
      bench.network.startCapture("b", file);
      assertThrows(
          IllegalStateException.class, () -> bench.network.startCapture("b", file), "twice");
      b.send(a, 1514);
      c.send(a);
      a.send(b, 200);
      bench.network.stopCapture("b");
      a.send(b);
    }

    List<String> lines = frames(file);

    assertEquals(2, lines.size(), lines::toString);
    assertTrue(lines.get(0).contains("02:00:00:00:00:02 > 02:00:00:00:00:01"), lines::toString);
    assertTrue(lines.get(0).contains("length 1514"), lines::toString);
    assertTrue(lines.get(1).contains("length 200"), lines::toString);
  }

  @Test
  void shouldCompleteRecordings_whenItIsClosed() throws Exception {
    Path file = folder.resolve("a.pcap");
    try (SwitchBench bench = new SwitchBench(1)) {
      Guest a = bench.plug("a", 1);
      bench.network.startCapture("a", file);
      a.broadcast();
    }

    assertEquals(1, frames(file).size());
  }

  @Test
  void shouldSayWhatItCannotWrite() {
    try (SwitchBench bench = new SwitchBench(1)) {
      bench.plug("a", 1);

      assertThrows(
          IOException.class, () -> bench.network.startCapture("a", folder.resolve("no/a.pcap")));
    }
  }

  @Test
  void shouldDropWhatIsUnderWay_whenItIsClosed() {
    SwitchBench bench = new SwitchBench(1);
    Guest a = bench.plug("a", 1);
    Guest b = bench.plug("b", 2);
    bench.network.conditions("b", SECOND);
    a.send(b);

    bench.close();
    bench.advance(Duration.ofSeconds(2));
    a.send(b);
    bench.close();

    assertEquals(List.of(), b.numbers);
    assertThrows(IllegalStateException.class, () -> bench.network.port("c"));
    b.port.detach();
    assertThrows(IllegalStateException.class, () -> bench.plug("b", 2));
  }

  @Test
  void shouldGoOn_whenThereWasNoThreadForAMoment() throws Exception {
    CompletableFuture<Thread> deliverer = new CompletableFuture<>();
    AtomicInteger asked = new AtomicInteger();
    try (VirtualSwitch network =
        VirtualSwitch.builder()
            .threads(
                task -> {
                  if (asked.getAndIncrement() == 0) {
                    throw new OutOfMemoryError("unable to create native thread");
                  }
                  return new Thread(task);
                })
            .build()) {
      NetBackend sender = network.port("a");
      network.port("b").attach(new Told(deliverer));
      network.conditions(LinkConditions.builder().latency(Duration.ofMillis(1)).build());
      byte[] frame = SwitchBench.frame(SwitchBench.ALL, "02:00:00:00:00:01", 60, 0);

      SwitchBench.HeapFrame first = new SwitchBench.HeapFrame(frame.clone());
      assertThrows(OutOfMemoryError.class, () -> sender.transmit(first));
      assertTrue(first.complete);
      sender.transmit(new SwitchBench.HeapFrame(frame));

      deliverer.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void shouldDeliverByItsThread_andEndIt() throws Exception {
    CompletableFuture<Thread> deliverer = new CompletableFuture<>();
    VirtualSwitch network = VirtualSwitch.create(1);
    NetBackend sender = network.port("a");
    network.port("b").attach(new Told(deliverer));
    network.conditions(LinkConditions.builder().latency(Duration.ofMillis(2)).build());

    long start = System.nanoTime();
    sender.transmit(
        new SwitchBench.HeapFrame(SwitchBench.frame(SwitchBench.ALL, "02:00:00:00:00:01", 60, 0)));
    Thread thread = deliverer.get(30, TimeUnit.SECONDS);

    assertTrue(System.nanoTime() - start >= 4_000_000, "not before its time");
    assertEquals("javisor-switch", thread.getName());
    assertTrue(thread.isDaemon());
    network.close();
    thread.join(30_000);
    assertFalse(thread.isAlive());
  }

  /** A guest that says which thread gave it a frame. */
  private record Told(CompletableFuture<Thread> thread) implements NetGuest {
    @Override
    public boolean deliver(ByteBuffer frame) {
      return thread.complete(Thread.currentThread());
    }

    @Override
    public boolean deliver(NetFrame frame) {
      return thread.complete(Thread.currentThread());
    }

    @Override
    public int mtu() {
      return 1500;
    }
  }
}
