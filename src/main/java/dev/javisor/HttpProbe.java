package dev.javisor;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks an HTTP server for its status, and reads no more than that: RFC 9112. By hand, since no
 * client of the JDK takes a channel.
 */
final class HttpProbe {
  /** Of all answers before the final one, and of that one's status line. */
  private static final int MOST_BYTES = 16 << 10;

  private static final Pattern PATH = Pattern.compile("/[!-~]*");
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[0-9] ([1-5][0-9]{2})( .*)?");

  private final ByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(MOST_BYTES).limit(0);

  private HttpProbe(ByteChannel channel) {
    this.channel = channel;
  }

  /**
   * Refuses what would not be one word of a request.
   *
   * @throws IllegalArgumentException if it has to be escaped, or does not begin by a slash
   */
  static String checked(String path) {
    if (!PATH.matcher(path).matches()) {
      throw new IllegalArgumentException(
          "path \"%s\": expected a slash and then ASCII without spaces; %%-escape the rest"
              .formatted(path));
    }
    return path;
  }

  /**
   * Sends a GET request.
   *
   * @param channel connected; left open
   * @return the status of the answer, 200 to 599
   * @throws ProtocolException if the answer is not HTTP/1
   * @throws IOException if the connection fails
   */
  static int status(ByteChannel channel, String path) throws IOException {
    String request =
        "GET %s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: javisor\r\nAccept: */*\r\n"
            .formatted(path);
    ByteBuffer bytes =
        ByteBuffer.wrap(
            (request + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    return new HttpProbe(channel).finalStatus();
  }

  private int finalStatus() throws IOException {
    while (true) {
      String line = line();
      Matcher matcher = STATUS.matcher(line);
      if (!matcher.matches()) {
        throw new ProtocolException("no HTTP/1 server: its first line is \"" + line + '"');
      }
      int status = Integer.parseInt(matcher.group(1));
      if (status >= 200) {
        return status;
      }
      skipHeaders();
    }
  }

  /** An interim answer has no content: RFC 9110 section 15.2. */
  private void skipHeaders() throws IOException {
    String line;
    do {
      line = line();
    } while (!line.isEmpty());
  }

  /** A line without its end; what no header may have becomes U+FFFD. */
  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    int next = next();
    while (next != '\n') {
      boolean text = (next >= ' ' && next <= '~') || next == '\r';
      line.append(text ? (char) next : '\uFFFD');
      next = next();
    }
    int end = line.length() - 1;
    if (end >= 0 && line.charAt(end) == '\r') {
      line.setLength(end);
    }
    return line.toString();
  }

  private int next() throws IOException {
    while (!buffer.hasRemaining()) {
      int end = buffer.limit();
      if (end == MOST_BYTES) {
        throw new ProtocolException("no HTTP/1 server: no status in " + MOST_BYTES + " bytes");
      }
      buffer.limit(MOST_BYTES);
      int n = channel.read(buffer);
      buffer.position(end).limit(end + Math.max(n, 0));
      if (n < 0) {
        throw new EOFException("the server closed the connection without an answer");
      }
    }
    return buffer.get() & 0xff;
  }
}
