package dev.javisor;

import dev.javisor.internal.guest.AgentArchive.Role;
import dev.javisor.internal.guest.AgentProgram;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kernel's command line that starts the agent first, and what the agent does then.
 *
 * @param text the command line
 * @param role what follows from what the user's said
 */
record AgentCommandLine(String text, Role role) {
  private static final String DEFAULT_INIT = "/init";
  private static final String RDINIT = "rdinit=";

  /** What is behind it is for init. Linux Documentation/admin-guide/kernel-parameters.rst. */
  private static final String INIT_ARGUMENTS = " -- ";

  private static final Pattern OWN_INIT = Pattern.compile("(?:^|(?<=\\s))rdinit=(\\S+)\\s*");
  private static final Pattern ROOT = Pattern.compile("(?:^|\\s)root=\\S");

  /**
   * Puts the agent first.
   *
   * @param text the user's command line
   * @param initramfs whether the user has an initramfs
   */
  static AgentCommandLine of(String text, boolean initramfs) {
    int end = text.indexOf(INIT_ARGUMENTS);
    String forKernel = end < 0 ? text : text.substring(0, end);
    String forInit = end < 0 ? "" : text.substring(end);
    Matcher own = OWN_INIT.matcher(forKernel);
    Role role;
    if (initramfs) {
      role = Role.next(own.find() ? own.group(1) : DEFAULT_INIT);
    } else {
      role = ROOT.matcher(forKernel).find() ? Role.ROOT : Role.STANDALONE;
    }
    String start = RDINIT + AgentProgram.PATH + " " + own.replaceAll("");
    return new AgentCommandLine(start.stripTrailing() + forInit, role);
  }
}
