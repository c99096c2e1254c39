package dev.javisor.internal.packages;

import java.util.Comparator;

/** Orders versions of packages (Debian policy §5.6.12). */
final class DebianVersion {
  static final Comparator<String> ORDER = DebianVersion::compare;

  private DebianVersion() {}

  static int compare(String a, String b) {
    int order = comparePart(epoch(a), epoch(b));
    if (order == 0) {
      order = comparePart(upstream(a), upstream(b));
    }
    return order == 0 ? comparePart(revision(a), revision(b)) : order;
  }

  private static String epoch(String version) {
    int colon = version.indexOf(':');
    return colon < 0 ? "0" : version.substring(0, colon);
  }

  private static String upstream(String version) {
    String rest = version.substring(version.indexOf(':') + 1);
    int dash = rest.lastIndexOf('-');
    return dash < 0 ? rest : rest.substring(0, dash);
  }

  private static String revision(String version) {
    int dash = version.lastIndexOf('-');
    return dash < version.indexOf(':') || dash < 0 ? "0" : version.substring(dash + 1);
  }

  /** Takes turns between what is no digit and numbers. */
  private static int comparePart(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() || j < b.length()) {
      while (isText(a, i) || isText(b, j)) {
        int order = Integer.compare(weight(a, i), weight(b, j));
        if (order != 0) {
          return order;
        }
        i++;
        j++;
      }
      int endA = endOfNumber(a, i);
      int endB = endOfNumber(b, j);
      int order =
          compareNumbers(
              a.substring(Math.min(i, a.length()), endA),
              b.substring(Math.min(j, b.length()), endB));
      if (order != 0) {
        return order;
      }
      i = endA;
      j = endB;
    }
    return 0;
  }

  private static int compareNumbers(String a, String b) {
    String x = a.replaceFirst("^0+", "");
    String y = b.replaceFirst("^0+", "");
    int order = Integer.compare(x.length(), y.length());
    return order == 0 ? Integer.signum(x.compareTo(y)) : order;
  }

  private static boolean isText(String s, int i) {
    return i < s.length() && !isDigit(s.charAt(i));
  }

  /** A tilde goes before the end, letters go before everything else. */
  private static int weight(String s, int i) {
    if (i >= s.length() || isDigit(s.charAt(i))) {
      return 0;
    }
    char c = s.charAt(i);
    if (c == '~') {
      return -1;
    }
    return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' ? c : c + 256;
  }

  private static int endOfNumber(String s, int from) {
    int end = Math.min(from, s.length());
    while (end < s.length() && isDigit(s.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
