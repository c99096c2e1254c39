package dev.javisor.internal.agent;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;
import com.google.common.primitives.Ints;
import com.google.common.primitives.Longs;
import dev.javisor.agent.GuestFacts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks for what a guest says of itself, and reads it: text of a guest that may be hostile. */
final class FactsReader {
  private static final int LIMIT = 1 << 20;
  private static final int LONGEST_PREFIX = 128;

  private final FrameReader reader;
  private final FrameWriter writer;

  FactsReader(Call call) {
    reader = call.reader();
    writer = new FrameWriter(call.channel(), 16);
  }

  GuestFacts read() throws IOException {
    writer.begin(Protocol.FACTS, 0).u16(Protocol.VERSION).u16(0).send();
    Answers.started(reader, Answers::unexpected);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    while (true) {
      reader.next();
      if (reader.type() != Protocol.DATA) {
        throw Answers.refused(reader, Answers::unexpected);
      }
      ByteBuffer piece = reader.payload();
      if (!piece.hasRemaining()) {
        return parse(text.toString(StandardCharsets.UTF_8));
      }
      if (text.size() + piece.remaining() > LIMIT) {
        throw new FrameException("facts of more than 1 MiB");
      }
      text.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
    }
  }

  private static GuestFacts parse(String text) throws FrameException {
    Map<String, String> facts = new HashMap<>();
    for (String pair : Splitter.on('\0').omitEmptyStrings().split(text)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        facts.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return new GuestFacts(
        osRelease(facts.getOrDefault("os_release", "")),
        facts.getOrDefault("hostname", ""),
        facts.getOrDefault("kernel", ""),
        facts.getOrDefault("machine", ""),
        Duration.ofMillis(number(facts, "uptime_ms")),
        number(facts, "mem_total"),
        number(facts, "mem_available"),
        (int) Math.min(number(facts, "cpus"), Integer.MAX_VALUE),
        addresses(facts.getOrDefault("addresses", "")),
        facts.getOrDefault("boot_id", ""));
  }

  private static long number(Map<String, String> facts, String name) throws FrameException {
    String text = facts.getOrDefault(name, "0");
    Long number = Longs.tryParse(text);
    if (number == null || number < 0) {
      throw new FrameException("%s=%.40s, which is no number".formatted(name, text));
    }
    return number;
  }

  /** As os-release(5) has it: shell assignments. */
  private static Map<String, String> osRelease(String text) {
    Map<String, String> variables = new HashMap<>();
    for (String line : Splitter.on('\n').trimResults().split(text)) {
      int equals = line.indexOf('=');
      if (equals > 0 && !line.startsWith("#")) {
        variables.put(line.substring(0, equals), unquote(line.substring(equals + 1)));
      }
    }
    return variables;
  }

  private static String unquote(String value) {
    boolean quoted =
        value.length() > 1
            && (value.charAt(0) == '"' || value.charAt(0) == '\'')
            && value.charAt(value.length() - 1) == value.charAt(0);
    String inner = quoted ? value.substring(1, value.length() - 1) : value;
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < inner.length(); i++) {
      if (inner.charAt(i) == '\\' && i + 1 < inner.length()) {
        i++;
      }
      plain.append(inner.charAt(i));
    }
    return plain.toString();
  }

  private static List<GuestFacts.Address> addresses(String lines) throws FrameException {
    var found =
        Splitter.on('\n').omitEmptyStrings().splitToStream(lines).collect(toImmutableList());
    for (String line : found) {
      if (address(line) == null) {
        throw new FrameException("the address %.80s".formatted(line));
      }
    }
    return found.stream().map(FactsReader::address).collect(toImmutableList());
  }

  /** Of a line "eth0 192.0.2.1/24". Never asks a name server. */
  private static GuestFacts.@Nullable Address address(String line) {
    int space = line.indexOf(' ');
    int slash = line.indexOf('/', Math.max(0, space));
    if (space < 1 || slash < 0 || CharMatcher.is('%').matchesAnyOf(line.substring(space))) {
      return null;
    }
    String address = line.substring(space + 1, slash);
    Integer prefix = Ints.tryParse(line.substring(slash + 1));
    if (prefix == null
        || prefix < 0
        || prefix > LONGEST_PREFIX
        || !InetAddresses.isInetAddress(address)) {
      return null;
    }
    return new GuestFacts.Address(
        line.substring(0, space), InetAddresses.forString(address), prefix);
  }
}
