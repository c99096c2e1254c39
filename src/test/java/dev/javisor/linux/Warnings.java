package dev.javisor.linux;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Compares the warnings of a kernel on two machine monitors. */
final class Warnings {
  /** The lab's CPU is slow, and shared: any guest may find that out, by chance. */
  private static final Pattern CHANCE = Pattern.compile("hrtimer: interrupt took");

  private Warnings() {}

  /** Those of {@code ours} that {@code theirs} has not, but for numbers and addresses. */
  static List<String> onlyIn(Collection<String> ours, Collection<String> theirs) {
    Set<String> known = new LinkedHashSet<>();
    theirs.forEach(line -> known.add(essence(line)));
    return ours.stream()
        .filter(line -> !CHANCE.matcher(line).find())
        .filter(line -> !known.contains(essence(line)))
        .toList();
  }

  private static String essence(String line) {
    return line.replaceFirst("^Hardware name: .*", "Hardware name:")
        .replaceAll("\\b(0x)?[0-9a-f]{2,}\\b|\\b[0-9]\\b", "#");
  }
}
