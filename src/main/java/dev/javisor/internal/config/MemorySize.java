package dev.javisor.internal.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes as people write them: {@code 4096}, {@code 512K}, {@code 1024M}, {@code 4G}, {@code 1T}.
 */
public final class MemorySize {
  private static final Pattern FORM = Pattern.compile("([+-]?\\d+)([KMGT]?)(I?B)?");
  private static final String UNITS = "KMGT";

  private MemorySize() {}

  /**
   * Reads a size.
   *
   * @param text a whole number, and K, M, G or T, of either case, for powers of 1024; the letter
   *     may be followed by {@code B} or {@code iB}
   * @return bytes; negative and zero sizes are read, too
   * @throws IllegalArgumentException with a message that tells what was expected
   */
  public static long parse(String text) {
    Matcher matcher = FORM.matcher(text.strip().toUpperCase(Locale.ROOT));
    if (!matcher.matches() || (matcher.group(2).isEmpty() && matcher.group(3) != null)) {
      throw new IllegalArgumentException("not a size; write 1024M, 4G or a number of bytes");
    }
    int power = UNITS.indexOf(matcher.group(2)) + (matcher.group(2).isEmpty() ? 0 : 1);
    try {
      return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * power));
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("more than 64 bits can count", e);
    }
  }

  /** Writes a size with the largest unit that divides it: {@code 512M}. */
  public static String format(long bytes) {
    int power = 0;
    while (power < UNITS.length() && bytes != 0 && bytes % 1024 == 0) {
      bytes /= 1024;
      power++;
    }
    return bytes + (power == 0 ? "" : UNITS.substring(power - 1, power));
  }
}
