package dev.javisor.internal.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is lost: RFC 5681, RFC 6582, RFC 2018, RFC 6675, RFC 6298. */
class TcpLossTest {
  private final TcpScript script = new TcpScript();

  private static String segment(int from, int bytes) {
    return ". %d:%d(%d) ack 1".formatted(from, from + bytes, bytes);
  }

  private static String ack(int number) {
    return ". 1:1(0) ack %d win 60000".formatted(number);
  }

  private static String sack(int number, String blocks) {
    return ". 1:1(0) ack %d win 512 <sack %s>".formatted(number, blocks);
  }

  /** Ten segments of 1000 bytes on their way, of a guest without selective acknowledgments. */
  private void tenSegments() {
    script.established("S 0:0(0) win 60000 <mss 1000>", "win 60000");
    script.write(40_000);
    assertEquals(10, script.sent.size());
    script.forget();
  }

  /** The same with selective ones. */
  private void tenSelective() {
    script.established("S 0:0(0) win 60000 <mss 1000,sackOK,wscale 7>", "win 512");
    script.write(40_000);
    assertEquals(10, script.sent.size());
    script.forget();
  }

  @Test
  void shouldSendALostSegmentAgain_atTheThirdDuplicateAcknowledgment() {
    tenSegments();

    script.in(ack(1)).silent().in(ack(1)).silent();

    script.in(ack(1)).out(segment(1, 1000));
  }

  @Test
  void shouldSendNewSegmentsForDuplicates_andHalveTheWindow() {
    tenSegments();
    script.in(ack(1)).in(ack(1)).in(ack(1)).out(segment(1, 1000));

    // The window is 5 segments and 3; the fourth duplicate makes it 9, the sixth 11.
    script.in(ack(1)).silent().in(ack(1)).silent().in(ack(1)).out(segment(10001, 1000));

    // RFC 6582 §3.2 (3), the lesser: what is not acknowledged and a segment; then slow start.
    script.in(ack(10001)).out(segment(11001, 1000)).in(ack(12001));
    assertEquals(4, script.sent.size());
  }

  @Test
  void shouldSendTheNextLostSegmentAtAPartialAcknowledgment() {
    tenSegments();
    script.in(ack(1)).in(ack(1)).in(ack(1)).out(segment(1, 1000));

    script.in(ack(4001)).out(segment(4001, 1000));

    script.in(ack(7001)).out(segment(7001, 1000));
    assertEquals(3, script.stack.counters().repeated());
  }

  @Test
  void shouldNotTakeAcknowledgmentsForDuplicates_whenTheyOpenTheWindowOrCarryData() {
    tenSegments();

    script.in(ack(1)).in(ack(1)).in(". 1:1(0) ack 1 win 60001").in("P. 1:11(10) ack 1 win 60001");

    script.forget().pass(10);
    assertEquals(0, script.stack.counters().repeated());
  }

  @Test
  void shouldSendWhatIsMissing_whenTheGuestTellsWhatItHas() {
    tenSelective();

    // What has left the network makes room for new segments.
    script.in(sack(1, "1001:2001")).out(segment(10001, 1000));
    script.in(sack(1, "1001:3001")).out(segment(11001, 1000));
    script.in(sack(1, "1001:4001")).out(segment(1, 1000));
  }

  @Test
  void shouldSendAllThatIsMissing_andNothingElse() {
    tenSelective();

    script
        .in(sack(1, "9001:10001 5001:8001 2001:4001"))
        .out(segment(1, 1000), segment(1001, 1000), segment(4001, 1000), segment(10001, 1000));

    // In front of three segments that the guest has, all is lost; 8001 is not until it is first.
    script.in(sack(4001, "9001:10001 5001:8001")).out(segment(11001, 1000), segment(12001, 1000));
    script.in(sack(8001, "9001:10001"));
    assertEquals(8001, script.sent.getFirst().seq());
    assertEquals(4, script.stack.counters().repeated());
  }

  @Test
  void shouldIgnoreWhatTheGuestCannotHave() {
    tenSelective();

    for (int i = 0; i < 5; i++) {
      script.in(sack(1, "20001:30001 9001:8001 -500:1"));
    }

    // Five duplicates all the same.
    script.out(segment(1, 1000));
    script.in(sack(1, "1001:10001"));
    assertEquals(1, script.stack.counters().repeated());
  }

  @Test
  void shouldSendAgainFromTheStart_whenTheTimerExpires() {
    tenSegments();

    script.pass(10).out(segment(10001, 1000));
    script.pass(200).out(segment(1, 1000)).pass(400).out(segment(1, 1000));
    script.pass(800).out(segment(1, 1000));

    script
        .in(ack(3001))
        .out(segment(3001, 1000), segment(4001, 1000), segment(5001, 1000), segment(6001, 1000));
  }

  @Test
  void shouldAskAfterTheEnd_whenTheGuestIsSilent_andSendWhatItMisses() {
    script.established("S 0:0(0) win 60000 <mss 1000,sackOK,wscale 7>", "win 512");
    script.write(3000);
    script.forget().pass(9).silent();

    script.pass(1).out("P. 2001:3001(1000) ack 1");
    script.in(sack(1, "2001:3001")).out(segment(1, 1000));
    script.in(sack(1001, "2001:3001")).out(segment(1001, 1000));
    script.in(". 1:1(0) ack 3001 win 512").pass(Duration.ofSeconds(1)).silent();
  }

  @Test
  void shouldSendWhatWasLostTwice_beforeTheTimerExpires() {
    tenSelective();
    script.in(sack(1, "1001:5001"));
    assertEquals(1, script.sent.getFirst().seq());
    script.forget().in(sack(1, "1001:10001"));

    script.forget().pass(10);

    assertEquals(1, script.sent.getFirst().seq());
  }

  @Test
  void shouldForgetWhatTheGuestHad_whenTheTimerExpires() {
    tenSelective();
    script.in(sack(1, "9001:10001")).out(segment(10001, 1000));

    script.pass(10).out(segment(11001, 1000));
    script.pass(200).out(segment(1, 1000)).in(sack(9001, "9001:10001"));

    assertEquals(10001, script.sent.getFirst().seq());
  }

  @Test
  void shouldMeasureTheRoundTrip_andWaitLongerForASlowGuest() {
    script.established("S 0:0(0) win 60000 <mss 1000>", "win 60000");
    for (int i = 0; i < 40; i++) {
      script.write(1000);
      script.forget().pass(150).in(ack(1001 + 1000 * i)).silent();
    }

    script.write(1000);

    // 150 ms of a round trip, and hardly a variation left.
    script.forget().pass(145).silent().pass(5).silent();
    script.pass(Duration.ofSeconds(1));
    assertEquals(2, script.sent.size());
  }

  @Test
  void shouldGiveUp_whenTheGuestAcknowledgesNothing() {
    tenSegments();

    script.pass(Duration.ofSeconds(120)).told();
    script.forget().pass(Duration.ofSeconds(130)).told("closed TIMED_OUT");

    assertEquals("R.", script.sent.getLast().flags());
    assertEquals(0, script.stack.counters().memoryBytes());
  }

  @Test
  void shouldTellWhatCameOutOfOrder_theLatestFirst() {
    script.established();

    script.in(segment(1001, 1000)).out(". 1:1(0) ack 1 <sack 1001:2001>");
    script.in(segment(4001, 1000)).out(". 1:1(0) ack 1 <sack 4001:5001 1001:2001>");
    script.in(segment(2001, 1000)).out(". 1:1(0) ack 1 <sack 1001:3001 4001:5001>");
    script.in(segment(7001, 1)).out(". 1:1(0) ack 1 <sack 7001:7002 1001:3001 4001:5001>");

    script.in(segment(1, 1000)).out(". 1:1(0) ack 3001 <sack 7001:7002 4001:5001>");
    script.hasRead(3000).in(segment(3001, 1000)).in(segment(5001, 2000)).hasRead(7001);
  }

  @Test
  void shouldAnswerEachSegmentOutOfOrder_whenTheGuestCountsDuplicates() {
    script.established("S 0:0(0) win 60000 <mss 1000>", "win 60000");

    script.batch(segment(1001, 1000), segment(2001, 1000), segment(3001, 1000));

    script.out(". 1:1(0) ack 1 <>", ". 1:1(0) ack 1 <>", ". 1:1(0) ack 1 <>");
  }

  @Test
  void shouldTakeEachByteOnce_whenSegmentsOverlap() {
    script.established();

    script.in(segment(501, 1000)).in(segment(1, 300)).in(segment(201, 600)).hasRead(1500);
    script.in(segment(1, 1500)).in(segment(1001, 1000)).hasRead(2000);
  }

  @Test
  void shouldTakeAFinOutOfOrder_whenAllBeforeItHasCome() {
    script.established();

    script.in("F. 1001:2001(1000) ack 1").told();

    script.in(segment(1, 1000)).told("remoteClosed").hasRead(2000);
    assertEquals(2002, script.sent.getLast().ack());
  }

  @Test
  void shouldKeepABoundedNumberOfStretches() {
    script.established();

    for (int i = 0; i < 1000; i++) {
      script.in(segment(11 + i * 20, 10));
    }
    script.forget().in(segment(1, 20000));

    script.hasRead(20_000);
    assertEquals(0, script.stack.counters().memoryBytes());
  }
}
