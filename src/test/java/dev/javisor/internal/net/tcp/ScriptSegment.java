package dev.javisor.internal.net.tcp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A segment as packetdrill writes it: flags (S, F, R, P, and a dot for ACK), the numbers of its
 * bytes with their count, and if given the acknowledgment, the window, and options: {@code P.
 * 1:1001(1000) ack 1 win 512 <mss 1460,sackOK,wscale 7,sack 5:9 20:30>}. A segment that is expected
 * fits whatever it does not tell, but for the acknowledgment.
 */
record ScriptSegment(
    String flags,
    long seq,
    int length,
    long ack,
    @Nullable Integer window,
    @Nullable String options) {
  private static final Pattern FORM =
      Pattern.compile(
          "([SFRP.]+) (-?\\d+):(-?\\d+)\\((\\d+)\\)(?: ack (-?\\d+))?(?: win (\\d+))?(?: <(.*)>)?");
  private static final String LETTERS = "FSRP.";

  static ScriptSegment parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()
        || Long.parseLong(m.group(3)) - Long.parseLong(m.group(2)) != Long.parseLong(m.group(4))) {
      throw new IllegalArgumentException(text);
    }
    return new ScriptSegment(
        sorted(m.group(1)),
        Long.parseLong(m.group(2)),
        Integer.parseInt(m.group(4)),
        m.group(5) == null ? 0 : Long.parseLong(m.group(5)),
        m.group(6) == null ? null : Integer.valueOf(m.group(6)),
        m.group(7));
  }

  /** What a stack has sent; its bytes are checked. */
  static ScriptSegment of(ByteBuffer bytes, int first, int peerFirst) {
    int bits = bytes.get(13);
    StringBuilder flags = new StringBuilder();
    for (int i = 0; i < LETTERS.length(); i++) {
      // The fifth letter is ACK's, 16.
      flags.append((bits & 1 << i) != 0 ? LETTERS.substring(i, i + 1) : "");
    }
    int header = (bytes.get(12) & 0xf0) >>> 2;
    int seq = bytes.getInt(4) - first;
    for (int i = header; i < bytes.limit(); i++) {
      if (bytes.get(i) != TcpScript.pattern(seq - 1 + i - header)) {
        throw new AssertionError("wrong byte at " + (seq + i - header));
      }
    }
    return new ScriptSegment(
        flags.toString(),
        seq,
        bytes.limit() - header,
        (bits & SegmentHeader.ACK) != 0 ? bytes.getInt(8) - peerFirst : 0,
        bytes.getShort(14) & 0xffff,
        options(bytes, header, peerFirst));
  }

  private static String sorted(String flags) {
    StringBuilder sorted = new StringBuilder();
    for (char letter : LETTERS.toCharArray()) {
      sorted.append(flags.indexOf(letter) >= 0 ? String.valueOf(letter) : "");
    }
    return sorted.toString();
  }

  private static String options(ByteBuffer bytes, int header, int peerFirst) {
    StringBuilder text = new StringBuilder();
    for (int at = 20; at < header; at += bytes.get(at) < 2 ? 1 : bytes.get(at + 1)) {
      String comma = text.isEmpty() ? "" : ",";
      switch (bytes.get(at)) {
        case 2 -> text.append(comma).append("mss ").append(bytes.getShort(at + 2) & 0xffff);
        case 3 -> text.append(comma).append("wscale ").append(bytes.get(at + 2));
        case 4 -> text.append(comma).append("sackOK");
        case 5 -> {
          text.append(comma).append("sack");
          for (int i = at + 2; i < at + bytes.get(at + 1); i += 8) {
            text.append(' ').append(bytes.getInt(i) - peerFirst);
            text.append(':').append(bytes.getInt(i + 4) - peerFirst);
          }
        }
        default -> {}
      }
    }
    return text.toString();
  }

  /** Whether this, as expected, is what came. */
  boolean fits(ScriptSegment got) {
    return flags.equals(got.flags)
        && seq == got.seq
        && length == got.length
        && ack == got.ack
        && (window == null || window.equals(got.window))
        && (options == null || options.equals(got.options));
  }

  ByteBuffer bytes(int first, int peerFirst) {
    ByteBuffer bytes = ByteBuffer.allocate(60 + length);
    int bits = 0;
    for (int i = 0; i < LETTERS.length(); i++) {
      bits |= flags.indexOf(LETTERS.charAt(i)) >= 0 ? 1 << i : 0;
    }
    bytes.putInt(0).putInt(first + (int) seq);
    bytes.putInt(flags.contains(".") ? peerFirst + (int) ack : 0);
    bytes.put((byte) 0).put((byte) bits);
    bytes.putShort((short) (window == null ? 512 : window)).putInt(0);
    putOptions(bytes, peerFirst);
    bytes.put(12, (byte) (bytes.position() << 2));
    for (int i = 0; i < length; i++) {
      bytes.put(TcpScript.pattern(seq - 1 + i));
    }
    return bytes.flip();
  }

  private void putOptions(ByteBuffer bytes, int peerFirst) {
    for (String option : options == null ? new String[0] : options.split(",")) {
      String[] words = option.split(" ");
      switch (words[0]) {
        case "mss" -> bytes.putShort((short) 0x0204).putShort(Short.parseShort(words[1]));
        case "wscale" -> bytes.putShort((short) 0x0303).put(Byte.parseByte(words[1]));
        case "sackOK" -> bytes.putShort((short) 0x0402);
        case "sack" -> {
          bytes.put((byte) 5).put((byte) (2 + 8 * (words.length - 1)));
          for (String range : Arrays.copyOfRange(words, 1, words.length)) {
            for (String edge : range.split(":")) {
              bytes.putInt(peerFirst + (int) Long.parseLong(edge));
            }
          }
        }
        default -> throw new IllegalArgumentException(option);
      }
    }
    while (bytes.position() % 4 != 0) {
      bytes.put((byte) 1);
    }
  }

  @Override
  public String toString() {
    return "%s %d:%d(%d) ack %d win %d <%s>"
        .formatted(flags, seq, seq + length, length, ack, window, options);
  }
}
