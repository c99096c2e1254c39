package dev.javisor.internal.agent.program;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Builds a frame's payload: little-endian numbers, and strings behind their length. */
final class Payload {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private Payload number(long value, int count) {
    for (int i = 0; i < count; i++) {
      bytes.write((int) (value >> 8 * i));
    }
    return this;
  }

  Payload u8(int value) {
    return number(value, 1);
  }

  Payload u16(int value) {
    return number(value, 2);
  }

  Payload u32(long value) {
    return number(value, 4);
  }

  Payload u64(long value) {
    return number(value, 8);
  }

  Payload string(byte[] value) {
    u32(value.length);
    bytes.writeBytes(value);
    return this;
  }

  Payload string(String value) {
    return string(value.getBytes(StandardCharsets.UTF_8));
  }

  Payload strings(String... values) {
    u32(values.length);
    for (String value : values) {
      string(value);
    }
    return this;
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }
}
