package dev.javisor.internal.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Opening connections: RFC 9293 §3.5, §3.10.7. */
class TcpHandshakeTest {
  private final TcpScript script = new TcpScript();

  @Test
  void shouldAnswerASynWithTheOptionsThatTheGuestOffers() {
    script
        .in("S 0:0(0) win 65535 <mss 1460,sackOK,wscale 7>")
        .out("S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,wscale 5>")
        .told("syn")
        .in(". 1:1(0) ack 1 win 512")
        .silent()
        .told("connected");
  }

  @Test
  void shouldOfferNeitherScalingNorSelectiveAcks_whenTheGuestDoesNot() {
    script.in("S 0:0(0) win 65535 <mss 536>").out("S. 0:0(0) ack 1 win 65535 <mss 1460>");

    script.in(". 1:1(0) ack 1 win 65535");
    script.write(1000);

    script.out(". 1:537(536) ack 1 win 65535", "P. 537:1001(464) ack 1");
  }

  @Test
  void shouldSendSegmentsOfTheDefaultSize_whenTheSynDoesNotTell() {
    script.established("S 0:0(0) win 65535", "win 65535");

    script.write(536);

    script.out("P. 1:537(536) ack 1");
  }

  @Test
  void shouldWaitForTheListenersDecision() {
    script.accepts = false;
    script.in("S 0:0(0) win 65535 <mss 1460>").in("S 0:0(0) win 65535 <mss 1460>");
    script.silent().told("syn").pass(1000).silent();

    script.tcp().accept(script);

    script.flush().out("S. 0:0(0) ack 1");
  }

  @Test
  void shouldResetAConnection_whenItIsRefused() {
    script.accepts = false;
    script.in("S 0:0(0) win 65535 <mss 1460>");

    script.tcp().refuse();

    assertEquals("R.", script.sent.getFirst().flags());
    assertEquals(1, script.sent.getFirst().ack());
    script.forget().flush().told("syn");
    assertEquals(0, script.stack.connections());
    assertFalse(script.tcp().accept(script));
  }

  @Test
  void shouldSayNothing_whenASynIsIgnored_andHearTheNextOne() {
    script.accepts = false;
    script.in("S 0:0(0) win 65535 <mss 1460>");
    script.tcp().ignore();
    script.flush().silent().told("syn");

    script.in("S 0:0(0) win 65535 <mss 1460>").told("syn");
  }

  @Test
  void shouldTellTheListener_whenTheGuestGivesUpBeforeTheDecision() {
    script.accepts = false;
    script.in("S 0:0(0) win 65535 <mss 1460>").in("R 1:1(0)").silent();

    script.told("syn", "abandoned");
    assertFalse(script.tcp().accept(script));
    assertEquals(0, script.stack.connections());
  }

  @Test
  void shouldGiveUpByItself_whenNobodyDecides() {
    script.accepts = false;
    script.in("S 0:0(0) win 65535 <mss 1460>").pass(Duration.ofSeconds(151));

    script.told("syn", "abandoned");
    assertEquals("R.", script.sent.getFirst().flags());
  }

  @Test
  void shouldTakeTheNewestSyn_whenTheGuestBeginsAnewBeforeTheDecision() {
    script.accepts = false;
    script.in("S 0:0(0) win 65535 <mss 1460>").in("S 5000:5000(0) win 65535 <mss 1000>");

    script.tcp().accept(script);

    script.flush().out("S. 0:0(0) ack 5001").told("syn");
  }

  @Test
  void shouldRepeatTheAnswerToASyn_whenTheGuestRepeatsIt() {
    script.in("S 0:0(0) win 65535 <mss 1460>").out("S. 0:0(0) ack 1");

    script.in("S 0:0(0) win 65535 <mss 1460>").out("S. 0:0(0) ack 1").told("syn");
  }

  @Test
  void shouldRepeatTheAnswerToASyn_withGrowingPausesUntilItGivesUp() {
    script.in("S 0:0(0) win 65535 <mss 1460>").out("S. 0:0(0) ack 1");
    script.pass(999).silent().pass(1).out("S. 0:0(0) ack 1");
    script.pass(1999).silent().pass(1).out("S. 0:0(0) ack 1");
    script.pass(3999).silent().pass(1).out("S. 0:0(0) ack 1");

    script.pass(Duration.ofSeconds(240)).told("syn", "closed TIMED_OUT");

    assertEquals(0, script.stack.connections());
  }

  @Test
  void shouldResetWhatAcknowledgesNoSynOfOurs() {
    script.in("S 0:0(0) win 65535 <mss 1460>").out("S. 0:0(0) ack 1");

    script.in(". 1:1(0) ack 2").out("R 2:2(0)").told("syn");
  }

  @Test
  void shouldTakeDataThatComesWithTheAcknowledgmentOfTheSyn() {
    script.in("S 0:0(0) win 65535 <mss 1460>").forget();

    script.in("P. 1:101(100) ack 1").told("syn", "connected").hasRead(100);
  }

  @Test
  void shouldOpenAConnectionToTheGuest() {
    script.connect().out("S 0:0(0) win 65535 <mss 1460,sackOK,wscale 5>");

    script
        .in("S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,wscale 7>")
        .out(". 1:1(0) ack 1")
        .told("connected");
  }

  @Test
  void shouldTellThatTheGuestRefuses() {
    script.connect().out("S 0:0(0)").in("R. 0:0(0) ack 1").silent().told("closed REFUSED");
    assertEquals(0, script.stack.connections());
  }

  @Test
  void shouldNotBelieveAResetThatAcknowledgesNothingOfOurs() {
    script.connect().out("S 0:0(0)").in("R. 0:0(0) ack 7").silent().in("R 0:0(0)").silent().told();
  }

  @Test
  void shouldResetAnOldAnswer_andGoOn() {
    script.connect().out("S 0:0(0)");

    script.in("S. 0:0(0) ack 900 win 1000").out("R 900:900(0)").pass(1000).out("S 0:0(0)").told();
  }

  @Test
  void shouldOpenOneConnection_whenBothSidesOpenIt() {
    script.connect().out("S 0:0(0)");

    script.in("S 0:0(0) win 65535 <mss 1460>").out("S. 0:0(0) ack 1").told();
    script.in("S. 0:0(0) ack 1 win 65535 <mss 1460>").told("connected");
    script.forget().write(10);

    script.out("P. 1:11(10) ack 1");
  }

  @Test
  void shouldRefuseTwoConnectionsOfTheSameAddresses() {
    script.connect();

    assertThrows(IllegalStateException.class, () -> script.stack.connect(TcpScript.FLOW, script));
  }

  @Test
  void shouldGiveUp_whenTheGuestNeverAnswers() {
    script.connect().pass(Duration.ofSeconds(300)).told("closed TIMED_OUT");
    assertEquals(Long.MAX_VALUE, script.stack.nextDeadline());
  }

  @Test
  void shouldResetASegmentOfNoConnection() {
    script.in(". 1:1(0) ack 77").out("R 77:77(0)");
    script.flow(TcpScript.FLOW).in("P 1:11(10)");
    assertEquals("R.", script.sent.getFirst().flags());
    assertEquals(11, script.sent.getFirst().ack());
    script.forget().in("R. 1:1(0) ack 77").silent();
    assertEquals(2, script.stack.counters().refused());
  }

  @Test
  void shouldOpenAConnectionOverIpv6() {
    script.flow(new TcpAddresses(true, 0xfd00L << 48, 2, 40000, 0xfd00L << 48, 1, 80));

    script
        .in("S 0:0(0) win 65535 <mss 1440,sackOK,wscale 7>")
        .out("S. 0:0(0) ack 1 <mss 1440,sackOK,wscale 5>");
  }
}
