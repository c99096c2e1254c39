package dev.javisor.internal.image.tar;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The records of an extended header: {@code LENGTH KEY=VALUE\n} one after the other.
 *
 * <p>Source: POSIX.1-2017 pax §pax Extended Header.
 */
final class PaxRecords {
  private PaxRecords() {}

  /** Keys and values, as raw strings; an empty value takes back what was said before. */
  static Map<String, String> parse(byte[] bytes) throws TarException {
    Map<String, String> records = new LinkedHashMap<>();
    StringBuilder map = new StringBuilder();
    int at = 0;
    while (at < bytes.length) {
      int space = at;
      int length = 0;
      while (space < bytes.length && bytes[space] >= '0' && bytes[space] <= '9') {
        length = length * 10 + bytes[space] - '0';
        if (length > bytes.length) {
          throw damaged();
        }
        space++;
      }
      int end = at + length;
      if (space == at || space >= bytes.length || bytes[space] != ' ' || end > bytes.length) {
        throw damaged();
      }
      if (end <= space + 2 || bytes[end - 1] != '\n') {
        throw damaged();
      }
      String record = RawName.of(bytes, space + 1, end - space - 2);
      int equals = record.indexOf('=');
      if (equals <= 0) {
        throw damaged();
      }
      String key = record.substring(0, equals);
      if (key.equals(SparseMap.PREFIX + "offset") || key.equals(SparseMap.PREFIX + "numbytes")) {
        // The oldest of GNU's formats for sparse files has these again and again.
        map.append(map.isEmpty() ? "" : ",").append(record, equals + 1, record.length());
      } else {
        records.put(key, record.substring(equals + 1));
      }
      at = end;
    }
    if (!map.isEmpty()) {
      records.put(SparseMap.LIST, map.toString());
    }
    return records;
  }

  private static TarException damaged() {
    return TarException.damaged("an extended header is damaged");
  }
}
