package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.regex.Pattern;

/** Runs of fio in a guest that read back all that they wrote. */
final class Fio {
  private Fio() {}

  /** The command that runs it on disks at once. */
  static String run(String options, List<ExtraDisk> disks) {
    StringBuilder jobs = new StringBuilder("[global]\n");
    for (String option : options.split(" ", -1)) {
      jobs.append(option).append('\n');
    }
    jobs.append("thread\nsize=1m\noffset_increment=16m\nverify=crc32c\nverify_fatal=1\n");
    for (ExtraDisk disk : disks) {
      jobs.append("[%s]%nfilename=/dev/%s%n".formatted(disk.name(), disk.name()));
      jobs.append("numjobs=%d%n".formatted(disk.queues()));
    }
    return "fio --output-format=normal - <<'JOBS'\n" + jobs + "JOBS";
  }

  /** Each job tells its errors, and that it read what it wrote. */
  static void assertClean(List<ExtraDisk> disks, List<String> report) {
    String text = String.join("\n", report);
    int jobs = disks.stream().mapToInt(ExtraDisk::queues).sum();

    assertEquals(jobs, occurrences(text, "err= 0"), text);
    assertEquals(0, occurrences(text, "verify:|verify failed|err=[ ]*[1-9]"), text);
  }

  private static long occurrences(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).results().count();
  }
}
