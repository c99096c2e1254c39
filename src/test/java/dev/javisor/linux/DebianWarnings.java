package dev.javisor.linux;

import java.util.regex.Pattern;

/**
 * Warnings that Debian's kernel prints as a guest of QEMU in the lab too. Each stands here with its
 * reason.
 */
final class DebianWarnings {
  private static final Pattern KNOWN =
      Pattern.compile(
          String.join(
              "|",
              // The lab's emulated CPU tells other sizes of its XSAVE areas than the kernel adds
              // up.
              // A stack trace and a dump of CPUID leaf 0xD follow from that.
              "XSAVE consistency problem",
              "fpu__init_system|arch_cpu_finalize_init|static_key_disable|start_kernel",
              "\\[ cut here \\]|\\[ end trace|Call Trace:|</?TASK>|secondary_startup_64",
              "\\] (Modules linked in:|Hardware name:|CPU: 0 PID: 0 |Code: |PKRU: |CPUID\\[0d,)",
              "\\] (R[A-Z0-9]{1,2}|E[A-Z]{2}|[CDEFG]S|CR[0-9]|DR[0-9]): ",
              // The lab's CPU is slow, and shared: any guest may find that out, by chance.
              "hrtimer: interrupt took \\d+ ns",
              // How this kernel was configured.
              "CONFIG_IMA_DISABLE_HTABLE is disabled"));

  private DebianWarnings() {}

  static boolean isKnown(String line) {
    return KNOWN.matcher(line).find();
  }
}
