package dev.javisor.guest;

import dev.javisor.error.GuestKernelUnavailableException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the kernels that a Linux host boots. */
final class HostKernels {
  private static final String PREFIX = "vmlinuz-";
  private static final Pattern PART = Pattern.compile("[0-9]+|[^0-9]+");

  private HostKernels() {}

  /**
   * The newest kernel that may be read.
   *
   * @param boot the folder of kernels
   * @param modules the folder of module folders
   */
  static GuestKernel newest(Path boot, Path modules) {
    List<Path> all = kernels(boot);
    for (Path image : all) {
      if (Files.isReadable(image)) {
        Path own = modules.resolve(release(image));
        return Files.isDirectory(own) ? GuestKernel.of(image, own) : GuestKernel.of(image);
      }
    }
    throw new GuestKernelUnavailableException(
        all.isEmpty() ? "there is no kernel in " + boot : "this user may not read " + all.get(0),
        (all.isEmpty() ? "" : "run: sudo chmod a+r %s, or ".formatted(all.get(0)))
            + "pass a file to GuestKernel.of, or take GuestKernel.debian()",
        null);
  }

  private static List<Path> kernels(Path boot) {
    if (!Files.isDirectory(boot)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(boot)) {
      return list.filter(p -> p.getFileName().toString().startsWith(PREFIX))
          .filter(Files::isRegularFile)
          .sorted(Comparator.comparing(HostKernels::release, HostKernels::compare).reversed())
          .toList();
    } catch (IOException e) {
      throw new GuestKernelUnavailableException(
          "cannot list %s: %s".formatted(boot, e.getMessage()), "pass a file to GuestKernel.of", e);
    }
  }

  private static String release(Path image) {
    return image.getFileName().toString().substring(PREFIX.length());
  }

  /** Orders releases: numbers by value, everything else by its characters. */
  static int compare(String a, String b) {
    Matcher left = PART.matcher(a);
    Matcher right = PART.matcher(b);
    while (true) {
      boolean more = left.find();
      if (!right.find()) {
        return more ? 1 : 0;
      } else if (!more) {
        return -1;
      }
      String x = left.group();
      String y = right.group();
      int order =
          Character.isDigit(x.charAt(0)) && Character.isDigit(y.charAt(0))
              ? new BigInteger(x).compareTo(new BigInteger(y))
              : x.compareTo(y);
      if (order != 0) {
        return order;
      }
    }
  }
}
