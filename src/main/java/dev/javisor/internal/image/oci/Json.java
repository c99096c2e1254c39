package dev.javisor.internal.image.oci;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON into maps, lists, strings, numbers (as Double, or Long where they are whole), booleans
 * and null; a key that is there twice has its last value.
 *
 * <p>Source: RFC 8259. Not safe for use by several threads.
 */
final class Json {
  private static final int DEPTH = 64;

  private final String text;
  private int at;
  private int depth;

  private Json(String text) {
    this.text = text;
  }

  /**
   * @throws IOException if it is no JSON, or nested deeper than 64
   */
  static @Nullable Object parse(byte[] bytes) throws IOException {
    Json json = new Json(new String(bytes, StandardCharsets.UTF_8));
    Object value = json.value();
    json.blank();
    if (json.at < json.text.length()) {
      throw json.damaged();
    }
    return value;
  }

  private @Nullable Object value() throws IOException {
    blank();
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, @Nullable Object> object() throws IOException {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    enter();
    blank();
    if (peek() != '}') {
      do {
        blank();
        String key = string();
        blank();
        expect(':');
        object.put(key, value());
        blank();
      } while (skipped(','));
    }
    leave('}');
    return object;
  }

  private List<@Nullable Object> array() throws IOException {
    List<@Nullable Object> array = new ArrayList<>();
    enter();
    blank();
    if (peek() != ']') {
      do {
        array.add(value());
        blank();
      } while (skipped(','));
    }
    leave(']');
    return array;
  }

  private void enter() throws IOException {
    at++;
    if (++depth > DEPTH) {
      throw damaged();
    }
  }

  private void leave(char end) throws IOException {
    expect(end);
    depth--;
  }

  private String string() throws IOException {
    expect('"');
    StringBuilder string = new StringBuilder();
    while (peek() != '"') {
      char c = text.charAt(at++);
      if (c < ' ') {
        throw damaged();
      }
      string.append(c == '\\' ? escaped() : c);
    }
    at++;
    return string.toString();
  }

  private char escaped() throws IOException {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int value = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(peek(), 16);
          if (digit < 0) {
            throw damaged();
          }
          value = value << 4 | digit;
          at++;
        }
        yield (char) value;
      }
      default -> throw damaged();
    };
  }

  private Object number() throws IOException {
    int start = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String digits = text.substring(start, at);
    try {
      return digits.matches("-?[0-9]{1,18}")
          ? (Object) Long.valueOf(digits)
          : Double.valueOf(digits);
    } catch (NumberFormatException e) {
      throw damaged();
    }
  }

  private @Nullable Object word(String word, @Nullable Object value) throws IOException {
    if (!text.startsWith(word, at)) {
      throw damaged();
    }
    at += word.length();
    return value;
  }

  private void blank() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() throws IOException {
    if (at >= text.length()) {
      throw damaged();
    }
    return text.charAt(at);
  }

  private boolean skipped(char c) {
    boolean there = at < text.length() && text.charAt(at) == c;
    at += there ? 1 : 0;
    return there;
  }

  private void expect(char c) throws IOException {
    if (peek() != c) {
      throw damaged();
    }
    at++;
  }

  private IOException damaged() {
    return new IOException("it is no JSON, from character %d on".formatted(at));
  }
}
