package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question to a name server, and answers to it: RFC 1035.
 *
 * @param query all of it, from the position 0 on
 * @param name without a dot at its end; empty for the root
 * @param type of the records that are asked for
 * @param end where the question ends
 */
record DnsMessage(ByteBuffer query, String name, int type, int end) {
  static final int A = 1;
  static final int PTR = 12;
  static final int AAAA = 28;

  static final int NO_ERROR = 0;
  static final int SERVER_FAILURE = 2;
  static final int NO_SUCH_NAME = 3;
  static final int NOT_IMPLEMENTED = 4;
  static final int REFUSED = 5;

  /** The bytes of the longest answer without extensions: RFC 1035 §4.2.1. */
  static final int MOST = 512;

  private static final int HEADER = 12;
  private static final int CLASS_IN = 1;
  private static final int LONGEST_LABEL = 63;
  private static final int LONGEST_NAME = 255;
  private static final int POINTER_TO_QUESTION = 0xc00c;
  private static final int TTL_SECONDS = 30;
  private static final int RESPONSE_RECURSION_AVAILABLE = 0x8080;
  private static final int OPCODE_AND_RD = 0x7900;
  private static final int OPCODE = 0x7800;
  private static final int RECORD = 12;

  /** Reads a message; null if it is no question. */
  static @Nullable DnsMessage read(ByteBuffer message) {
    ByteBuffer query = message.slice();
    int limit = query.limit();
    if (limit < HEADER || query.getShort(2) < 0 || query.getShort(4) != 1) {
      return null;
    }
    StringBuilder name = new StringBuilder();
    int at = HEADER;
    int label;
    while (at < limit && (label = query.get(at) & 0xff) != 0) {
      if (label > LONGEST_LABEL || at + label >= limit || at + label > HEADER + LONGEST_NAME) {
        return null;
      }
      byte[] text = new byte[label];
      query.get(at + 1, text);
      name.append(name.length() == 0 ? "" : ".");
      name.append(new String(text, StandardCharsets.ISO_8859_1));
      at += 1 + label;
    }
    if (at + 5 > limit || query.getShort(at + 3) != CLASS_IN) {
      return null;
    }
    return new DnsMessage(query, name.toString(), query.getShort(at + 1) & 0xffff, at + 5);
  }

  /** Whether it is an ordinary query: others are not answered. */
  boolean isStandard() {
    return (query.getShort(2) & OPCODE) == 0;
  }

  /** Whether the name is one of hosts, so that nothing else can be read into it. */
  boolean isHostName() {
    return !name.isEmpty()
        && name.chars()
            .allMatch(
                c ->
                    c >= 'a' && c <= 'z'
                        || c >= 'A' && c <= 'Z'
                        || c >= '0' && c <= '9'
                        || c == '-'
                        || c == '_'
                        || c == '.')
        && !name.matches("[0-9.]+|(0[xX][0-9a-fA-F]*\\.?)+");
  }

  /** An answer without records. */
  ByteBuffer answer(int code) {
    return begin(code, 0).flip();
  }

  /** An answer with the addresses of the kind that is asked for. */
  ByteBuffer answer(List<IpAddress> addresses) {
    ByteBuffer answer = begin(NO_ERROR, 0);
    int count = 0;
    for (IpAddress address : addresses) {
      boolean asked = type == (address.ipv6() ? AAAA : A);
      if (asked && answer.remaining() >= RECORD + address.length()) {
        record(answer, address.length());
        address.put(answer);
        count++;
      }
    }
    return answer.putShort(6, (short) count).flip();
  }

  /** An answer with a name. */
  ByteBuffer answer(String target) {
    ByteBuffer answer = begin(NO_ERROR, 1);
    record(answer, target.length() + 2);
    for (String label : target.split("\\.")) {
      answer.put((byte) label.length()).put(label.getBytes(StandardCharsets.ISO_8859_1));
    }
    return answer.put((byte) 0).flip();
  }

  private ByteBuffer begin(int code, int count) {
    ByteBuffer answer = ByteBuffer.allocate(MOST);
    int flags = query.getShort(2) & OPCODE_AND_RD | RESPONSE_RECURSION_AVAILABLE | code;
    answer.putShort(query.getShort(0)).putShort((short) flags);
    answer.putShort((short) 1).putShort((short) count).putInt(0);
    return answer.put(query.slice(HEADER, end - HEADER));
  }

  private void record(ByteBuffer answer, int length) {
    answer.putShort((short) POINTER_TO_QUESTION).putShort((short) type);
    answer.putShort((short) CLASS_IN).putInt(TTL_SECONDS).putShort((short) length);
  }
}
