package dev.javisor.internal.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Ends of connections: RFC 9293 §3.6, §3.10. */
class TcpCloseTest {
  private final TcpScript script = new TcpScript();

  @Test
  void shouldCloseInOrder_whenTheGuestClosesFirst() {
    script.established();

    script.in("F. 1:1(0) ack 1").out(". 1:1(0) ack 2").told("remoteClosed");
    script.tcp().shutdownOutput();
    script.flush().out("F. 1:1(0) ack 2").in(". 2:2(0) ack 2").silent().told("closed DONE");

    assertEquals(0, script.stack.connections());
    assertEquals(Long.MAX_VALUE, script.stack.nextDeadline());
  }

  @Test
  void shouldCloseInOrder_whenThisSideClosesFirst() {
    script.established();
    script.tcp().shutdownOutput();
    script.flush().out("F. 1:1(0) ack 1").in(". 1:1(0) ack 2").silent().told();

    script.in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2").told("remoteClosed", "closed DONE");

    assertEquals(0, script.stack.connections());
  }

  @Test
  void shouldClose_whenBothSidesCloseAtOnce() {
    script.established();
    script.tcp().shutdownOutput();
    script.flush().out("F. 1:1(0) ack 1");

    script.in("F. 1:1(0) ack 1").out(". 2:2(0) ack 2").told("remoteClosed");

    script.in(". 2:2(0) ack 2").silent().told("closed DONE");
  }

  @Test
  void shouldClose_whenOneSegmentHasTheGuestsFinAndAcknowledgesOurs() {
    script.established();
    script.tcp().shutdownOutput();
    script.flush().out("F. 1:1(0) ack 1");

    script.in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2").told("remoteClosed", "closed DONE");
  }

  @Test
  void shouldGoOnSending_whenTheGuestHasClosed() {
    script.established();
    script.in("F. 1:1(0) ack 1").out(". 1:1(0) ack 2");

    script.write(100);

    script.out("P. 1:101(100) ack 2").in(". 2:2(0) ack 101").silent();
    script.tcp().shutdownOutput();
    script
        .flush()
        .out("F. 101:101(0) ack 2")
        .in(". 2:2(0) ack 102")
        .told("remoteClosed", "closed DONE");
  }

  @Test
  void shouldGoOnReceiving_whenThisSideHasClosed() {
    script.established();
    script.tcp().shutdownOutput();
    script.flush().out("F. 1:1(0) ack 1").in(". 1:1(0) ack 2");

    script.in("P. 1:3001(3000) ack 2").out(". 2:2(0) ack 3001").hasRead(3000);
    script.pass(Duration.ofMinutes(10)).silent().told();
    script.in("FP. 3001:3011(10) ack 2").out(". 2:2(0) ack 3012").hasRead(3010);
  }

  @Test
  void shouldSendTheFinWithTheLastData() {
    script.established();
    script.tcp().write(java.nio.ByteBuffer.allocate(0));
    script.full = true;
    script.write(2000);
    script.tcp().shutdownOutput();
    script.full = false;

    script.flush().out(". 1:1461(1460) ack 1", "FP. 1461:2001(540) ack 1");
  }

  @Test
  void shouldSayThatItIsDone_onlyWhenAllWasRead() {
    script.reads = false;
    script.established();
    script.tcp().shutdownOutput();
    script.flush().forget().in("FP. 1:101(100) ack 2").out(". 2:2(0) ack 102");
    script.told("readable", "remoteClosed").pass(Duration.ofMinutes(1)).told();

    script.read(60).told().read(60).hasRead(100).told("closed DONE");

    assertEquals(-1, script.tcp().read(java.nio.ByteBuffer.allocate(1)));
  }

  @Test
  void shouldRepeatTheFin_whenItIsNotAcknowledged() {
    script.established();
    script.tcp().shutdownOutput();
    script.flush().out("F. 1:1(0) ack 1");

    script.pass(200).out("F. 1:1(0) ack 1").pass(400).out("F. 1:1(0) ack 1");
    script.in(". 1:1(0) ack 2").pass(Duration.ofMinutes(1)).silent();
  }

  @Test
  void shouldRest_andAcknowledgeARepeatedFin() {
    script.established();
    script.tcp().shutdownOutput();
    script.flush().in("F. 1:1(0) ack 2").forget();

    script.pass(1900).in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2");
    script.pass(1900).in("R. 2:2(0) ack 2").in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2");

    script.pass(2100).in("F. 1:1(0) ack 2").out("R 2:2(0)");
  }

  @Test
  void shouldLetTheGuestUseThePortAgain_whileTheOldConnectionRests() {
    script.established();
    script.tcp().shutdownOutput();
    script.flush().in("F. 1:1(0) ack 2").told("remoteClosed", "closed DONE").forget();

    script.in("S 100:100(0) win 65535 <mss 1460>");

    ScriptSegment answer = script.sent.getFirst();
    assertEquals("S.", answer.flags());
    assertEquals(101, answer.ack());
    assertTrue(answer.seq() > 100_000, answer::toString);
    script.told("syn");
  }

  @Test
  void shouldEndAtAReset() {
    script.established();
    script.in("R. 1:1(0) ack 1").silent().told("closed RESET");
    assertEquals(0, script.stack.connections());
  }

  @Test
  void shouldResetTheGuest() {
    script.established();
    script.write(10);
    script.forget().tcp().reset();
    script.out("R. 11:11(0) ack 1").flush().told("closed ABORTED");
    script.in("P. 1:2(1) ack 11").out("R 11:11(0)");
  }

  @Test
  void shouldResetTheGuest_whenItSendsToSomebodyWhoHasGone() {
    script.established();
    script.tcp().close();
    script.flush().out("F. 1:1(0) ack 1").in(". 1:1(0) ack 2").silent();

    script.in("P. 1:11(10) ack 2").out("R. 2:2(0) ack 1").told("closed ABORTED");
  }

  @Test
  void shouldResetTheGuest_whenSomebodyGoesWhoHasNotReadAll() {
    script.reads = false;
    script.established();
    script.in("P. 1:11(10) ack 1").told("readable");

    script.tcp().close();

    script.flush().out("R. 1:1(0) ack 11").told("closed ABORTED");
  }

  @Test
  void shouldCloseInOrder_whenSomebodyGoesAndTheGuestToo() {
    script.established();
    script.write(10);
    script.tcp().close();
    script.forget().flush().in(". 1:1(0) ack 12").in("F. 1:1(0) ack 12");
    script.told("closed DONE");
  }

  @Test
  void shouldGiveUp_whenSomebodyHasGoneAndTheGuestStays() {
    script.established();
    script.tcp().close();
    script.flush().in(". 1:1(0) ack 2").forget();

    script.pass(Duration.ofSeconds(61)).out("R. 2:2(0) ack 1").told("closed TIMED_OUT");
  }

  @Test
  void shouldResetAll_whenTheStackCloses() {
    script.established();
    script.stack.close();
    script.out("R. 1:1(0) ack 1").told("closed ABORTED");
    assertEquals(0, script.stack.counters().memoryBytes());
  }

  @Test
  void shouldForgetWhatNobodyHasRead_whenTheStackCloses() {
    script.reads = false;
    script.established();
    script.in("FP. 1:101(100) ack 1").tcp().shutdownOutput();
    script.flush().in(". 102:102(0) ack 2").told("readable", "remoteClosed");
    assertEquals(1, script.stack.connections());

    script.stack.close();

    script.told("closed DONE");
    assertEquals(0, script.stack.connections() + script.stack.counters().memoryBytes());
  }
}
