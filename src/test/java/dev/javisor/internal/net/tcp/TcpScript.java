package dev.javisor.internal.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.net.ip.InternetChecksum;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A guest that sends and expects segments by a script, in the manner of packetdrill, on a clock of
 * its own. Segments are written as {@link ScriptSegment} tells; numbers count from each side's
 * first one. All data is {@link #pattern}.
 */
final class TcpScript implements SegmentSink, TcpListener, TcpHandler {
  static final TcpAddresses FLOW =
      new TcpAddresses(false, 0, 0x0a000002L, 40000, 0, 0x0a000001L, 80);
  static final int GUEST_FIRST = 0xffff_f000;

  final TcpStack stack;
  final List<String> events = new ArrayList<>();
  final ByteArrayOutputStream received = new ByteArrayOutputStream();
  final Deque<ScriptSegment> sent = new ArrayDeque<>();
  @Nullable TcpConnection connection;
  boolean reads = true;
  boolean accepts = true;
  boolean full;
  IntFunction<@Nullable String> guests = remotePort -> null;
  int largest;
  private TcpAddresses flow = FLOW;
  private boolean knowsFirst;
  private int hostFirst;
  private long now = 12_345;
  private int written;

  TcpScript() {
    this(TcpConfig.defaults(1500));
  }

  TcpScript(TcpConfig config) {
    stack = new TcpStack(config, () -> now, new SplittableRandom(7), this, this);
  }

  /** The byte at an offset of either stream. */
  static byte pattern(long offset) {
    return (byte) (offset * 31 + (offset >> 8));
  }

  TcpScript flow(TcpAddresses other) {
    flow = other;
    knowsFirst = false;
    written = 0;
    return this;
  }

  /** The connection of the script. */
  TcpConnection tcp() {
    assertNotNull(connection);
    return connection;
  }

  TcpScript connect() {
    connection = stack.connect(flow, this);
    return flush();
  }

  /** The guest sends. */
  TcpScript in(String segment) {
    return in(ScriptSegment.parse(segment));
  }

  TcpScript in(ScriptSegment segment) {
    stack.receive(flow, segment.bytes(GUEST_FIRST, hostFirst));
    return flush();
  }

  /** The guest sends a segment whose data is not what it was. */
  TcpScript inWithOtherBytes(String segment) {
    ByteBuffer bytes = ScriptSegment.parse(segment).bytes(GUEST_FIRST, hostFirst);
    for (int i = (bytes.get(12) & 0xf0) >> 2; i < bytes.limit(); i++) {
      bytes.put(i, (byte) ~bytes.get(i));
    }
    stack.receive(flow, bytes);
    return flush();
  }

  /** The guest sends several before anything is answered. */
  TcpScript batch(String... segments) {
    for (String segment : segments) {
      stack.receive(flow, ScriptSegment.parse(segment).bytes(GUEST_FIRST, hostFirst));
    }
    return flush();
  }

  /** The guest gets these segments, and no more before it or time does something. */
  TcpScript out(String... expected) {
    for (String text : expected) {
      ScriptSegment got = sent.poll();
      assertNotNull(got, () -> "expected " + text + ", and nothing came");
      assertTrue(
          ScriptSegment.parse(text).fits(got), () -> "expected " + text + ", but got " + got);
    }
    return silent();
  }

  /** Nothing was sent. */
  TcpScript silent() {
    assertEquals(List.of(), List.copyOf(sent));
    return this;
  }

  /** What was sent does not matter. */
  TcpScript forget() {
    sent.clear();
    return this;
  }

  /** Time passes; timers expire at their times. */
  TcpScript pass(Duration time) {
    long end = now + time.toNanos();
    while (stack.nextDeadline() <= end) {
      now = Math.max(now, stack.nextDeadline());
      stack.tick();
      stack.flush();
    }
    now = end;
    stack.tick();
    return flush();
  }

  TcpScript pass(int millis) {
    return pass(Duration.ofMillis(millis));
  }

  /** This side writes the next bytes. */
  int write(int bytes) {
    ByteBuffer data = ByteBuffer.allocate(bytes);
    for (int i = 0; i < bytes; i++) {
      data.put(pattern(written + i));
    }
    int done = tcp().write(data.flip());
    written += done;
    flush();
    return done;
  }

  /** This side reads at most so many bytes. */
  TcpScript read(int bytes) {
    ByteBuffer data = ByteBuffer.allocate(bytes);
    if (tcp().read(data) > 0) {
      received.write(data.array(), 0, data.position());
    }
    return flush();
  }

  TcpScript flush() {
    assertTrue(stack.flush() || full);
    return this;
  }

  /** The handshake of a guest that does all that is modelled. */
  TcpScript established() {
    return established("S 0:0(0) win 65535 <mss 1460,sackOK,wscale 7>", "win 512");
  }

  TcpScript established(String syn, String window) {
    in(syn);
    sent.clear();
    in(". 1:1(0) ack 1 " + window);
    events.clear();
    return silent();
  }

  /** All that was read is what the guest sent. */
  TcpScript hasRead(int bytes) {
    byte[] all = received.toByteArray();
    assertEquals(bytes, all.length);
    for (int i = 0; i < bytes; i++) {
      assertEquals(pattern(i), all[i]);
    }
    return this;
  }

  TcpScript told(String... expected) {
    assertEquals(List.of(expected), events);
    events.clear();
    return this;
  }

  @Override
  public int largestPayload(boolean ipv6) {
    return largest;
  }

  @Override
  public boolean segment(OutgoingSegment segment) {
    if (full) {
      return false;
    }
    assertTrue(segment.payloadBytes() <= Math.max(largest, Math.max(segment.segmentSize(), 0)));
    ByteBuffer copy = ByteBuffer.allocate(segment.length());
    int sum = segment.checksum(0);
    copy.put(segment.header().duplicate());
    for (int i = 0; i < segment.pieces(); i++) {
      copy.put(segment.piece(i));
    }
    copy.flip();
    assertEquals(sum, InternetChecksum.finish(InternetChecksum.sum(copy)));
    assertEquals(segment.addresses().localPort(), copy.getShort(0) & 0xffff);
    assertEquals(segment.addresses().remotePort(), copy.getShort(2) & 0xffff);
    if (!knowsFirst && (copy.get(13) & 2) != 0) {
      knowsFirst = true;
      hostFirst = copy.getInt(4);
    }
    sent.add(ScriptSegment.of(copy, hostFirst, GUEST_FIRST));
    return true;
  }

  @Override
  public void onSyn(TcpConnection syn) {
    connection = syn;
    events.add("syn");
    if (accepts) {
      assertTrue(syn.accept(this));
    }
  }

  @Override
  public @Nullable String guest(TcpAddresses addresses) {
    return guests.apply(addresses.remotePort());
  }

  @Override
  public void onAbandoned(TcpConnection syn) {
    events.add("abandoned");
  }

  @Override
  public void connected() {
    events.add("connected");
  }

  @Override
  public void readable() {
    if (reads) {
      ByteBuffer data = ByteBuffer.allocate(tcp().available());
      assertEquals(data.capacity(), tcp().read(data));
      received.write(data.array(), 0, data.capacity());
    } else {
      events.add("readable");
    }
  }

  @Override
  public void writable() {
    events.add("writable");
  }

  @Override
  public void remoteClosed() {
    events.add("remoteClosed");
  }

  @Override
  public void closed(TcpCloseReason reason) {
    events.add("closed " + reason);
  }
}
