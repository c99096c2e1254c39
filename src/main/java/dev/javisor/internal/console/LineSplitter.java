package dev.javisor.internal.console;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Makes lines out of console bytes that come in pieces. The bytes are UTF-8, whose characters may
 * be cut by the pieces; what is not UTF-8 becomes U+FFFD. A line ends with LF; CRs before it belong
 * to the line's end, other CRs stay. A line that is too long comes in several.
 *
 * <p>Threading: one thread at a time.
 */
public final class LineSplitter {
  private static final int LONGEST_CHARACTER = 4;

  private final int longest;
  private final Consumer<String> lines;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final StringBuilder line = new StringBuilder();
  private ByteBuffer rest = ByteBuffer.allocate(0);

  /**
   * @param longest the most UTF-16 units of a line, at least 2
   * @param lines takes each line, without its end
   */
  public LineSplitter(int longest, Consumer<String> lines) {
    this.longest = longest;
    this.lines = lines;
  }

  /** Takes the next bytes. */
  public void accept(byte[] bytes) {
    ByteBuffer in = ByteBuffer.allocate(rest.remaining() + bytes.length);
    in.put(rest).put(bytes).flip();
    decode(in, false);
    rest = ByteBuffer.allocate(Math.min(LONGEST_CHARACTER, in.remaining())).put(in).flip();
  }

  /** Takes what is left as the last line, if anything is, and starts afresh. */
  public void end() {
    decode(rest, true);
    rest = ByteBuffer.allocate(0);
    decoder.reset();
    if (!line.isEmpty()) {
      emit();
    }
  }

  private void decode(ByteBuffer in, boolean last) {
    CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
    CoderResult result = decoder.decode(in, out, last);
    if (last && result.isUnderflow()) {
      decoder.flush(out);
    }
    out.flip();
    while (out.hasRemaining()) {
      add(out.get());
    }
  }

  private void add(char c) {
    if (c == '\n') {
      emit();
      return;
    }
    boolean full = line.length() >= (Character.isHighSurrogate(c) ? longest - 1 : longest);
    if (full) {
      emit();
    }
    line.append(c);
  }

  private void emit() {
    int length = line.length();
    while (length > 0 && line.charAt(length - 1) == '\r') {
      length--;
    }
    String text = line.substring(0, length);
    // Before the consumer, which may throw.
    line.setLength(0);
    lines.accept(text);
  }
}
