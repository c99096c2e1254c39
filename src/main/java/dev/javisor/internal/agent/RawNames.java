package dev.javisor.internal.agent;

import com.google.common.base.CharMatcher;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The bytes of names. A Path keeps them, also where they are no text in this JVM's encoding, but
 * shows them by its URI only: UTF-8 or not, each byte beyond ASCII is a %XX there.
 */
final class RawNames {
  private static final CharMatcher PLAIN =
      CharMatcher.inRange('a', 'z')
          .or(CharMatcher.inRange('A', 'Z'))
          .or(CharMatcher.inRange('0', '9'))
          .or(CharMatcher.anyOf("/-_.~"));

  private RawNames() {}

  /** The bytes of a relative or absolute path. */
  static byte[] bytes(Path path) {
    String text = path.toString();
    if (CharMatcher.ascii().matchesAllOf(text)) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
    // Under the root, so that the working folder is no part of it.
    Path rooted = path.getFileSystem().getPath("/").resolve(path);
    byte[] decoded = decode(rooted.toUri().getRawPath());
    int from = path.isAbsolute() ? 0 : 1;
    // The URI of what happens to be a folder ends in a slash, which no path of several bytes does.
    int to = decoded[decoded.length - 1] == '/' ? decoded.length - 1 : decoded.length;
    return java.util.Arrays.copyOfRange(decoded, from, to);
  }

  /** The path with these bytes, relative or absolute. */
  static Path path(byte[] bytes) {
    boolean ascii = true;
    for (byte b : bytes) {
      ascii &= b > 0;
    }
    if (ascii) {
      return Path.of(new String(bytes, StandardCharsets.US_ASCII));
    }
    boolean absolute = bytes[0] == '/';
    Path rooted = Path.of(URI.create("file:///" + encode(bytes)));
    return absolute ? rooted : rooted.subpath(0, rooted.getNameCount());
  }

  /** Text for people. */
  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String encode(byte[] bytes) {
    StringBuilder encoded = new StringBuilder(3 * bytes.length);
    for (byte b : bytes) {
      char c = (char) (b & 0xFF);
      if (PLAIN.matches(c)) {
        encoded.append(c);
      } else {
        encoded.append('%').append(Character.forDigit(c >> 4, 16));
        encoded.append(Character.forDigit(c & 15, 16));
      }
    }
    // Of several slashes at the start, a URI would take the first name for a host.
    return CharMatcher.is('/').trimLeadingFrom(encoded);
  }

  private static byte[] decode(String encoded) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      if (encoded.charAt(i) == '%') {
        bytes.write(Integer.parseInt(encoded, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(encoded.charAt(i));
      }
    }
    return bytes.toByteArray();
  }
}
