package dev.javisor.internal.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The second source is src/test/c/kvm_layout.c, compiled against linux/kvm.h. */
class KvmLayoutTest {
  @Test
  void shouldMatchTheHeader_whenNumbersAreCompared() throws Exception {
    assertEquals(header(false), constants(KvmNumbers.class));
  }

  @Test
  void shouldMatchTheHeader_whenStructuresAreCompared() throws Exception {
    assertEquals(header(true), constants(KvmStructs.class));
  }

  private static Map<String, Long> constants(Class<?> type) throws IllegalAccessException {
    Map<String, Long> constants = new TreeMap<>();
    for (Field field : type.getDeclaredFields()) {
      if (!field.isSynthetic()) {
        constants.put(field.getName(), ((Number) field.get(null)).longValue());
      }
    }
    return constants;
  }

  private static Map<String, Long> header(boolean structures) throws IOException {
    Map<String, Long> header = new TreeMap<>();
    try (InputStream in = KvmLayoutTest.class.getResourceAsStream("/kvm-layout.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.lines().toList()) {
        String[] words = line.split(" ", -1);
        if (structures && words.length == 3) {
          String name = words[1].replace('.', '_').toUpperCase(Locale.ROOT);
          header.put(words[0].equals("sizeof") ? name + "_SIZE" : name, Long.valueOf(words[2]));
        } else if (!structures && words.length == 2) {
          header.put(words[0], Long.decode(words[1]));
        }
      }
    }
    return header;
  }
}
