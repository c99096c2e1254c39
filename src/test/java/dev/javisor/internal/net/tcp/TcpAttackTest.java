package dev.javisor.internal.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Segments that somebody made up (RFC 5961), guests that take all they can, and silent ones. */
class TcpAttackTest {
  private final TcpScript script = new TcpScript();

  private static TcpAddresses port(int port) {
    return new TcpAddresses(false, 0, 0x0a000002L, port, 0, 0x0a000001L, 80);
  }

  @Test
  void shouldChallengeAResetThatOnlyHitsTheWindow() {
    script.established();

    script.in("R 2:2(0)").out(". 1:1(0) ack 1").told();
    script.in("R 60000:60000(0)").out(". 1:1(0) ack 1").told();
    script.in("R 0:0(0)").silent().in("R 5000000:5000000(0)").silent().told();
    script.in("R 1:1(0)").silent().told("closed RESET");
  }

  @Test
  void shouldChallengeASyn() {
    script.established();

    script.in("S 100:100(0) win 1000").out(". 1:1(0) ack 1").told();
    script.in("S 5000000:5000000(0) win 1000").out(". 1:1(0) ack 1").told();
  }

  @Test
  void shouldChallengeAnAcknowledgmentFromFarAway() {
    script.established();

    script.in("P. 1:11(10) ack 2").out(". 1:1(0) ack 1");
    script.in("P. 1:11(10) ack -100000").out(". 1:1(0) ack 1").hasRead(0);
    script.in("P. 1:11(10) ack -1000").hasRead(10);
  }

  @Test
  void shouldChallengeABoundedNumberOfTimes() {
    script.established();

    for (int i = 0; i < 1000; i++) {
      script.in("R 100:100(0)");
    }

    assertEquals(100, script.sent.size());
    script.forget().pass(1000).in("R 100:100(0)").out(". 1:1(0) ack 1");
  }

  @Test
  void shouldAnswerDataOutsideOfTheWindowByAnAcknowledgment() {
    script.established();

    script.in("P. 5000000:5000010(10) ack 1").out(". 1:1(0) ack 1");
    script.in("P. -9:1(10) ack 1").out(". 1:1(0) ack 1").hasRead(0);
  }

  @Test
  void shouldAnswerAKeepAliveOfTheGuest() {
    script.established();

    script.in(". 0:0(0) ack 1").out(". 1:1(0) ack 1").in(". 0:1(1) ack 1").out(". 1:1(0) ack 1");
  }

  @Test
  void shouldAskASilentGuest_andGiveUp() {
    script.established();

    script.pass(Duration.ofMinutes(119)).silent().pass(Duration.ofMinutes(1));
    script.out(". 0:0(0) ack 1").in(". 1:1(0) ack 1").pass(Duration.ofMinutes(119)).silent();
    script.pass(Duration.ofMinutes(1)).out(". 0:0(0) ack 1").pass(Duration.ofSeconds(75));
    script.out(". 0:0(0) ack 1").pass(Duration.ofSeconds(7 * 75)).told();
    script.pass(Duration.ofSeconds(75)).told("closed TIMED_OUT");
  }

  @Test
  void shouldBoundHalfOpenConnections_andServeTheGuestAfterwards() {
    TcpScript flooded = new TcpScript(TcpConfig.defaults(1500).withLimits(1000, 50, 10));
    flooded.accepts = false;
    List<TcpConnection> pending = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      flooded.flow(port(1 + i)).in("S 0:0(0) win 1000");
      if (flooded.connection != null && !pending.contains(flooded.connection)) {
        pending.add(flooded.connection);
      }
    }
    assertEquals(50, pending.size());
    assertEquals(50, flooded.stack.connections());
    assertEquals(4950, flooded.stack.counters().dropped());
    flooded.silent();

    pending.forEach(TcpConnection::ignore);

    flooded.flush().accepts = true;
    flooded.flow(port(7)).in("S 0:0(0) win 1000").out("S. 0:0(0) ack 1");
  }

  @Test
  void shouldServeOthersSoon_whenHandshakesAreBegunAndNeverEnded() {
    TcpScript flooded = new TcpScript(TcpConfig.defaults(1500).withLimits(1000, 50, 10));
    for (int i = 0; i < 100; i++) {
      flooded.flow(port(100 + i)).in("S 0:0(0) win 1000");
    }
    assertEquals(50, flooded.stack.counters().dropped());
    flooded.pass(2999).forget();
    flooded.flow(port(7)).in("S 0:0(0) win 1000").silent();

    flooded.pass(1).forget();
    flooded.flow(port(8)).established();

    assertEquals(50, flooded.stack.connections());
    // The oldest has gone without a word, and may come again.
    flooded.flow(port(100)).in("S 0:0(0) win 1000").out("S. 0:0(0) ack 1");
  }

  @Test
  void shouldResetOneConnectionTooMany() {
    TcpScript small = new TcpScript(TcpConfig.defaults(1500).withLimits(3, 50, 10));
    for (int i = 0; i < 3; i++) {
      small.flow(port(100 + i)).established();
    }

    small.flow(port(200)).in("S 0:0(0) win 1000");

    assertEquals("R.", small.sent.getFirst().flags());
    assertEquals(3, small.stack.connections());
  }

  @Test
  void shouldBoundRestingConnections() {
    TcpScript small = new TcpScript(TcpConfig.defaults(1500).withLimits(10, 10, 5));
    for (int i = 0; i < 100; i++) {
      small.flow(port(100 + i)).established();
      small.tcp().shutdownOutput();
      small.flush().in("F. 1:1(0) ack 2").forget();
    }
    assertEquals(0, small.stack.connections());

    // The oldest are forgotten, the youngest still answer.
    small.flow(port(100)).in(". 2:2(0) ack 2");
    assertTrue(small.sent.removeFirst().flags().contains("R"));
    small.flow(port(199)).in("F. 1:1(0) ack 2");
    assertFalse(small.sent.removeFirst().flags().contains("R"));
  }

  @Test
  void shouldBoundTheMemoryOfAll_whenNobodyReadsAndNobodyAcknowledges() {
    long memory = 2 << 20;
    TcpScript small = new TcpScript(TcpConfig.defaults(1500).withMemory(memory));
    small.reads = false;
    List<TcpConnection> all = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      small.flow(port(100 + i)).established();
      all.add(small.tcp());
      small.write(1 << 20);
      for (int from = 1; from < 1 << 20; from += 60000) {
        small.in(". %d:%d(60000) ack 1".formatted(from, from + 60000));
      }
      // Out of order too.
      small.in(". 900001:960001(60000) ack 1").forget();
      assertTrue(small.stack.counters().memoryBytes() <= memory);
    }
    assertTrue(small.stack.counters().memoryBytes() > memory * 9 / 10);

    all.subList(0, 39).forEach(TcpConnection::reset);

    small.flush();
    assertTrue(small.events.contains("writable"), () -> small.events.toString());
    all.get(39).reset();
    small.flush();
    assertEquals(0, small.stack.counters().memoryBytes());
  }

  @Test
  void shouldGoOnWithOneConnection_whenAnotherHoldsAllTheMemoryItMay() {
    TcpScript small = new TcpScript(TcpConfig.defaults(1500).withMemory(256 << 10));
    small.reads = false;
    small.flow(port(1)).established();
    small.write(1 << 20);
    // Ahead of a gap: gets half of the memory at most.
    for (int from = 100_001; from < 900_000; from += 50_000) {
      small.in(". %d:%d(50000) ack 1".formatted(from, from + 50_000));
    }

    small.reads = true;
    small.flow(port(2)).established();
    for (int from = 1; from < 200_000; from += 10_000) {
      small.in(". %d:%d(10000) ack 1".formatted(from, from + 10_000));
    }

    small.hasRead(200_000);
  }

  @Test
  void shouldLeaveMemoryToOtherGuests_whenOneTakesAllItCanGet() {
    int memory = 1 << 20;
    TcpScript small = new TcpScript(TcpConfig.defaults(1500).withMemory(memory));
    small.guests = port -> port < 1000 ? "greedy" : "modest";
    small.reads = false;
    for (int i = 0; i < 20; i++) {
      small.flow(port(100 + i)).established();
      small.write(100_000);
      for (int from = 1; from < 100_000; from += 10_000) {
        small.in(". %d:%d(10000) ack 1".formatted(from, from + 10_000)).forget();
      }
    }
    assertEquals(memory / 2, small.stack.counters().memoryBytes());

    small.flow(port(1000)).established();
    int written = small.write(100_000);
    small.in(". 1:60001(60000) ack 1");

    assertEquals(100_000, written);
    assertEquals(60_000, small.tcp().available());
  }

  @Test
  void shouldWakeAWriter_onlyWhenItsOwnGuestHasMemoryAgain() {
    TcpScript small = new TcpScript(TcpConfig.defaults(1500).withMemory(1 << 20));
    small.guests = port -> port < 1000 ? "greedy" : "modest";
    small.flow(port(1000)).established();
    small.write(50_000);
    small.flow(port(100)).established();
    TcpConnection greedy = small.tcp();
    int written = small.write(1 << 20);
    small.flow(port(101)).established();
    assertEquals(0, small.write(1000));
    assertTrue(written < 1 << 19);
    small.events.clear();

    small.flush();
    assertEquals(List.of(), small.events);
    greedy.reset();
    small.flush();

    assertTrue(small.events.contains("writable"), () -> small.events.toString());
  }

  @Test
  void shouldSendNoTinySegments_whenTheGuestAsksForThem() {
    script.established("S 0:0(0) win 60000 <mss 1>", "win 60000");

    script.write(1000);

    assertEquals(88, script.sent.getFirst().length());
  }

  @Test
  void shouldTakeTheDefaultSize_whenTheGuestSaysThatItsSegmentsAreEmpty() {
    script.established("S 0:0(0) win 60000 <mss 0>", "win 60000");

    script.write(1000);

    assertEquals(536, script.sent.getFirst().length());
  }

  @Test
  void shouldReadWhatIsThereOfOptionsThatRunOut() {
    // MSS of length 2, 0, beyond the header; SACK-permitted with a body; a scale of 255; an end.
    for (String options :
        List.of(
            "02020303",
            "02000000",
            "020405b4",
            "02ff05b4",
            "04030000",
            "0303ff00",
            "030f0303",
            "05ff0000",
            "00020405",
            "01010102")) {
      TcpScript one = new TcpScript();
      byte[] bytes = HexFormat.of().parseHex(options);
      ByteBuffer syn = ByteBuffer.allocate(20 + bytes.length);
      syn.putShort(0, (short) 40000).putShort(2, (short) 80).putInt(4, TcpScript.GUEST_FIRST);
      syn.put(12, (byte) 0x60).put(13, (byte) 2).putShort(14, (short) 1000).put(20, bytes);

      one.stack.receive(TcpScript.FLOW, syn);

      one.flush();
      assertEquals("S.", one.sent.getFirst().flags(), options);
      assertEquals(0, one.stack.counters().malformed(), options);
    }
  }

  @Test
  void shouldScaleByFourteenBitsAtMost() {
    script.established("S 0:0(0) win 60000 <mss 1460,wscale -1>", "win 1");

    assertEquals(1 << 14, script.tcp().sender().window().size());
  }

  @Test
  void shouldTakeNothingBehindTheGuestsEnd() {
    script.established();
    script.in("F. 1:11(10) ack 1").hasRead(10).forget();

    script.in("P. 12:22(10) ack 1").out(". 1:1(0) ack 12").hasRead(10);
    script.in("P. 6:22(16) ack 1").out(". 1:1(0) ack 12").hasRead(10);
  }

  @Test
  void shouldNotChangeWhatCame_whenItComesAgainWithOtherBytes() {
    script.established();
    script.reads = false;
    script.in("P. 1:51(50) ack 1");
    script.in("P. 61:101(40) ack 1");
    ByteBuffer target = ByteBuffer.allocate(200);

    script.inWithOtherBytes("P. 1:51(50) ack 1").in("P. 1:101(100) ack 1");
    script.tcp().read(target);

    assertEquals(100, target.position());
    for (int i = 0; i < 100; i++) {
      assertEquals(TcpScript.pattern(i), target.get(i), "byte " + i);
    }
  }

  @Test
  void shouldFreeItsMemory_whenTheGuestNeverAcknowledges() {
    script.established();
    script.write(200_000);
    assertTrue(script.stack.counters().memoryBytes() >= 200_000);

    script.pass(Duration.ofMinutes(4)).told("closed TIMED_OUT");

    assertEquals(0, script.stack.counters().memoryBytes());
    assertEquals(0, script.stack.connections());
  }

  @Test
  void shouldDropWhatIsNoTcp() {
    script.established();
    ByteBuffer shortOne = ByteBuffer.allocate(19);
    ByteBuffer longHeader = ByteBuffer.allocate(40).put(12, (byte) 0xf0);
    ByteBuffer shortHeader = ByteBuffer.allocate(40).put(12, (byte) 0x40);
    ByteBuffer huge = ByteBuffer.allocate(70_000).put(12, (byte) 0x50);

    for (ByteBuffer bad : List.of(shortOne, longHeader, shortHeader, huge)) {
      script.stack.receive(TcpScript.FLOW, bad);
    }

    script.flush().silent().told();
    assertEquals(4, script.stack.counters().malformed());
  }

  @Test
  void shouldResetAConnection_whenItsHandlerFails() {
    TcpStack[] stack = new TcpStack[1];
    List<String> sent = new ArrayList<>();
    SegmentSink sink =
        new SegmentSink() {
          @Override
          public int largestPayload(boolean ipv6) {
            return 0;
          }

          @Override
          public boolean segment(OutgoingSegment segment) {
            sent.add(segment.addresses().toString() + " " + segment.header().get(13));
            return true;
          }
        };
    stack[0] =
        new TcpStack(
            TcpConfig.defaults(1500),
            () -> 0,
            new java.util.SplittableRandom(1),
            sink,
            syn -> {
              throw new IllegalStateException("on purpose");
            });

    stack[0].receive(TcpScript.FLOW, ScriptSegment.parse("S 0:0(0) win 100").bytes(0, 0));
    stack[0].flush();

    assertEquals(List.of("10.0.0.2:40000 -> 10.0.0.1:80 20"), sent);
    assertEquals(0, stack[0].connections());
  }
}
