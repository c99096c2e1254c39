package dev.javisor.internal.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Data in order, acknowledgments and windows: RFC 9293 §3.8, RFC 5681 §4.2. */
class TcpDataTest {
  private final TcpScript script = new TcpScript();

  /** Whose first window is all there is, so that reading does not open it at once. */
  private final TcpScript narrow =
      new TcpScript(TcpConfig.defaults(1500).withBuffers(65535, 65535));

  private static String segment(int from, int bytes) {
    return ". %d:%d(%d) ack 1".formatted(from, from + bytes, bytes);
  }

  @Test
  void shouldDelayTheAcknowledgmentOfOneSegment() {
    narrow.established();

    narrow.in("P. 1:1461(1460) ack 1").silent().hasRead(1460);

    narrow.pass(9).silent().pass(1).out(". 1:1(0) ack 1461");
    narrow.pass(Duration.ofMinutes(1)).silent();
  }

  @Test
  void shouldAcknowledgeEverySecondSegmentAtOnce() {
    narrow.established();

    narrow.in(segment(1, 1460)).silent().in(segment(1461, 1460)).out(". 1:1(0) ack 2921");
  }

  @Test
  void shouldAcknowledgeALargeSegmentAtOnce() {
    script.established();

    script.in("P. 1:64001(64000) ack 1").out(". 1:1(0) ack 64001").hasRead(64000);
  }

  @Test
  void shouldAcknowledgeABatchOnce() {
    script.established();

    script
        .batch(segment(1, 1460), segment(1461, 1460), segment(2921, 1460), segment(4381, 1460))
        .out(". 1:1(0) ack 5841")
        .hasRead(5840);
  }

  @Test
  void shouldSendTheAcknowledgmentWithData() {
    narrow.established();
    narrow.in("P. 1:11(10) ack 1");

    narrow.write(20);

    narrow.out("P. 1:21(20) ack 11").pass(100).silent();
  }

  @Test
  void shouldPushTheLastSegmentOnly() {
    script.established();

    script.write(3000);

    script.out(". 1:1461(1460) ack 1", ". 1461:2921(1460) ack 1", "P. 2921:3001(80) ack 1");
  }

  @Test
  void shouldSendLargeSegments_whenTheSinkTakesThem() {
    script.established();
    script.largest = 65000;

    script.write(100_000);

    script.out(". 1:14601(14600) ack 1").in(". 1:1(0) ack 14601 win 8000");
    script.out(". 14601:43801(29200) ack 1").in(". 1:1(0) ack 43801 win 8000");
    // 44 segments of 1460 are 64240.
    script.out("P. 43801:100001(56200) ack 1");
  }

  @Test
  void shouldSendNoMoreThanTheGuestsWindow() {
    script.established("S 0:0(0) win 3000 <mss 1000,sackOK>", "win 3000");

    assertEquals(5000, script.write(5000));

    script.out(segment(1, 1000), segment(1001, 1000), segment(2001, 1000));
    script.in(". 1:1(0) ack 2001 win 3000").out(segment(3001, 1000), "P. 4001:5001(1000) ack 1");
  }

  @Test
  void shouldScaleTheGuestsWindow() {
    script.established("S 0:0(0) win 100 <mss 1000,sackOK,wscale 3>", "win 250");

    script.write(5000);

    script.out(segment(1, 1000), segment(1001, 1000));
  }

  @Test
  void shouldNotSendASillySegment_whenTheWindowIsASmallPartOfASegment() {
    script.established("S 0:0(0) win 8000 <mss 1000>", "win 8000");
    script.write(8000);
    script.forget().in(". 1:1(0) ack 8001 win 300");

    script.write(1000);

    script.silent().in(". 1:1(0) ack 8001 win 2000").out("P. 8001:9001(1000) ack 1");
  }

  @Test
  void shouldSendWhatTheWindowTakes_whenItStaysSmall() {
    script.established("S 0:0(0) win 8000 <mss 1000>", "win 8000");
    script.write(8000);
    script.forget().in(". 1:1(0) ack 8001 win 300");

    script.write(1000);

    script.silent().pass(199).silent().pass(1).out(". 8001:8301(300) ack 1");
  }

  @Test
  void shouldCloseTheWindow_whenNobodyReads_andOpenItFarEnoughLater() {
    script.reads = false;
    script.established();

    for (int from = 1; from < 1 << 20; from += 1 << 15) {
      script.in(segment(from, 1 << 15));
    }

    assertEquals(1 << 20, script.tcp().available());
    assertEquals(0, script.sent.getLast().window());
    script.forget().in(segment((1 << 20) + 1, 1)).out(". 1:1(0) ack 1048577 win 0");
    script.read(100_000).silent().read(100_000);
    assertEquals(200_000 >> 5, script.sent.getFirst().window());
    script.forget().read(1 << 20).hasRead(1 << 20);
  }

  @Test
  void shouldNeverTakeAWindowBack() {
    script.reads = false;
    script.established();
    long edge = 0;
    int from = 1;
    for (int bytes : new int[] {1, 3, 1459, 7, 20000, 65000, 31, 5000, 1, 1, 1}) {
      script.in(segment(from, bytes)).pass(10);
      from += bytes;
      ScriptSegment last = script.sent.getLast();
      assertEquals(from, last.ack());
      long right = last.ack() + ((long) last.window() << 5);
      assertTrue(right >= edge, right + " is before " + edge);
      edge = right;
      script.read(bytes / 2);
    }
  }

  @Test
  void shouldTellAWriter_whenThereIsRoomAgain() {
    TcpScript small = new TcpScript(TcpConfig.defaults(1500).withBuffers(8192, 8192));
    small.established("S 0:0(0) win 65535 <mss 1000>", "win 65535");

    assertEquals(8192, small.write(10000));
    assertEquals(0, small.tcp().room());
    small.told().in(". 1:1(0) ack 1001 win 65535").told();

    small.in(". 1:1(0) ack 3001 win 65535").told("writable");
    assertEquals(3000, small.tcp().room());
  }

  @Test
  void shouldKeepWhatTheSinkHasNoRoomFor() {
    script.established();
    script.full = true;
    script.write(2000);
    script.silent();

    script.full = false;

    script.flush().out(". 1:1461(1460) ack 1", "P. 1461:2001(540) ack 1");
  }

  @Test
  void shouldTakeDataAroundTheEndOfSequenceNumbers() {
    // The guest's first number is 4096 below the end.
    script.established();

    for (int i = 0; i < 20; i++) {
      script.in(segment(1 + i * 1000, 1000));
    }

    script.hasRead(20000);
    assertEquals(20001, script.pass(10).sent.getLast().ack());
  }

  @Test
  void shouldAskAClosedWindowWithGrowingPauses_andGoOnWhenItOpens() {
    script.established("S 0:0(0) win 1000 <mss 1000>", "win 1000");
    script.write(2000);
    script.out(segment(1, 1000)).in(". 1:1(0) ack 1001 win 0").silent();

    script.pass(199).silent().pass(1).out(". 1000:1000(0) ack 1");
    script.in(". 1:1(0) ack 1001 win 0").pass(399).silent().pass(1).out(". 1000:1000(0) ack 1");
    script.in(". 1:1(0) ack 1001 win 0").pass(800).out(". 1000:1000(0) ack 1");
    script.in(". 1:1(0) ack 1001 win 1000").out("P. 1001:2001(1000) ack 1");
  }

  @Test
  void shouldAskForever_whenTheGuestAnswersThatItsWindowIsClosed() {
    script.established("S 0:0(0) win 1000 <mss 1000>", "win 1000");
    script.write(2000);
    script.in(". 1:1(0) ack 1001 win 0").forget();

    for (int i = 0; i < 60; i++) {
      script.pass(Duration.ofSeconds(60)).in(". 1:1(0) ack 1001 win 0");
    }

    script.told().forget().pass(Duration.ofSeconds(400)).told("closed TIMED_OUT");
  }
}
