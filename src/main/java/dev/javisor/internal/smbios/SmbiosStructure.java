package dev.javisor.internal.smbios;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One structure on its way: a formatted area with a header, and the strings that it refers to. */
final class SmbiosStructure {
  private final ByteArrayOutputStream formatted = new ByteArrayOutputStream();
  private final List<String> strings = new ArrayList<>();

  /** Begins a structure: DSP0134 3.7 §6.1.2. */
  SmbiosStructure(int type, int handle) {
    // The length follows in the end.
    number(type, 1).number(0, 1).number(handle, 2);
  }

  /** Appends a little-endian number. */
  SmbiosStructure number(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      formatted.write((int) (value >>> 8 * i));
    }
    return this;
  }

  /** Appends bytes as they are. */
  SmbiosStructure bytes(byte[] bytes) {
    formatted.writeBytes(bytes);
    return this;
  }

  /** Appends the number of a string, which is added; 0 if it is empty. */
  SmbiosStructure string(String text) {
    if (!text.isEmpty()) {
      strings.add(text);
    }
    return number(text.isEmpty() ? 0 : strings.size(), 1);
  }

  /** Adds a string that no number refers to. */
  SmbiosStructure looseString(String text) {
    strings.add(text);
    return this;
  }

  /** The whole structure: DSP0134 3.7 §6.1.3. */
  byte[] toBytes() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] area = formatted.toByteArray();
    area[1] = (byte) area.length;
    all.writeBytes(area);
    for (String text : strings) {
      all.writeBytes(text.getBytes(StandardCharsets.UTF_8));
      all.write(0);
    }
    if (strings.isEmpty()) {
      all.write(0);
    }
    all.write(0);
    return all.toByteArray();
  }
}
