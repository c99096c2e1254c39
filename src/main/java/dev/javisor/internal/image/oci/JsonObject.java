package dev.javisor.internal.image.oci;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An object of JSON. What is missing or null is empty; what is there must have the right type.
 *
 * @param members by name
 */
record JsonObject(Map<String, @Nullable Object> members) {
  static JsonObject parse(byte[] bytes) throws IOException {
    return of(Json.parse(bytes), "it");
  }

  /** The objects of an array that is the whole document. */
  static List<JsonObject> parseArray(byte[] bytes) throws IOException {
    return objects(Json.parse(bytes), "it");
  }

  private static JsonObject of(@Nullable Object value, String name) throws IOException {
    if (!(value instanceof Map<?, ?> map)) {
      throw new IOException(name + " is no JSON object");
    }
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    map.forEach((key, member) -> members.put(String.valueOf(key), member));
    return new JsonObject(members);
  }

  private static List<JsonObject> objects(@Nullable Object value, String name) throws IOException {
    if (!(value instanceof List<?> list)) {
      throw new IOException(name + " is no JSON array");
    }
    List<JsonObject> objects = new ArrayList<>();
    for (Object element : list) {
      objects.add(of(element, "an element of " + name));
    }
    return objects;
  }

  JsonObject object(String name) throws IOException {
    Object value = members.get(name);
    return value == null ? new JsonObject(Map.of()) : of(value, name);
  }

  List<JsonObject> objects(String name) throws IOException {
    Object value = members.get(name);
    return value == null ? List.of() : objects(value, name);
  }

  String text(String name) throws IOException {
    Object value = members.get(name);
    if (value != null && !(value instanceof String)) {
      throw new IOException(name + " is no string");
    }
    return value == null ? "" : (String) value;
  }

  List<String> texts(String name) throws IOException {
    return textsIfThere(name).orElse(List.of());
  }

  Optional<List<String>> textsIfThere(String name) throws IOException {
    Object value = members.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof List<?> list) || !list.stream().allMatch(String.class::isInstance)) {
      throw new IOException(name + " is no list of strings");
    }
    return Optional.of(list.stream().map(String.class::cast).toList());
  }

  long number(String name) throws IOException {
    Object value = members.get(name);
    if (!(value instanceof Long number)) {
      throw new IOException(name + " is no whole number");
    }
    return number;
  }

  Map<String, String> strings(String name) throws IOException {
    Map<String, String> strings = new LinkedHashMap<>();
    object(name).members().forEach((key, value) -> strings.put(key, String.valueOf(value)));
    return strings;
  }
}
