package dev.javisor;

import dev.javisor.guest.GuestKernel;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.machine.Payload;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the builder was told of what the machine starts. */
final class PayloadSettings {
  private static final String FIRMWARE_LOADS =
      "the firmware loads what its disk has: pass this together with a kernel, or not at all";

  private @Nullable Path kernel;
  private @Nullable Path firmware;
  private @Nullable String cmdline;
  private @Nullable GuestKernel modules;
  private InitramfsSource initramfs = InitramfsSource.NONE;

  void kernel(Path file) {
    kernel = file;
    modules = null;
  }

  void kernel(GuestKernel from) {
    kernel = from.image();
    modules = from;
  }

  void firmware(Path file) {
    firmware = file;
  }

  void initramfs(InitramfsSource source) {
    initramfs = source;
  }

  void cmdline(String text) {
    cmdline = text;
  }

  /** Whether a firmware is to be started. */
  boolean hasFirmware() {
    return firmware != null;
  }

  /**
   * Makes out the payload, with something harmless in the place of what is wrong.
   *
   * @param defaultCmdline for a kernel, if none was set
   * @param agent the agent that is to come by an initramfs, if any
   * @param drivers modules that this machine's devices want, where the agent is to load them
   */
  Resolved resolve(
      String defaultCmdline,
      @Nullable GuestAgentSettings agent,
      List<String> drivers,
      List<Problem> problems) {
    return firmware != null
        ? firmware(firmware, problems)
        : kernel(defaultCmdline, agent, drivers, problems);
  }

  private Resolved kernel(
      String defaultCmdline,
      @Nullable GuestAgentSettings agent,
      List<String> drivers,
      List<Problem> problems) {
    Checks.file("kernel", kernel, problems);
    String commands = cmdline != null ? cmdline : defaultCmdline;
    InitramfsSource source = initramfs;
    if (agent != null && !agent.isInImage()) {
      AgentCommandLine line = AgentCommandLine.of(commands, initramfs != InitramfsSource.NONE);
      commands = line.text();
      source = initramfs.behind(agent.resolve(line.role(), modules, drivers, problems));
    }
    InitramfsSource.Found found = source.find(problems);
    Checks.cmdline(commands, problems);
    Path image = kernel != null ? kernel : Path.of("");
    return new Resolved(
        new Payload(Payload.Kind.KERNEL, image, found.path(), commands), found.letGo());
  }

  private Resolved firmware(Path file, List<Problem> problems) {
    Checks.file("firmware", file, problems);
    if (kernel != null) {
      problems.add(
          new Problem(
              "firmware",
              file.toString(),
              "there is a kernel too, " + kernel + ": set one of the two"));
    }
    if (cmdline != null) {
      problems.add(new Problem("cmdline", Checks.shown(cmdline), FIRMWARE_LOADS));
    }
    if (initramfs != InitramfsSource.NONE) {
      problems.add(new Problem("initramfs", "set", FIRMWARE_LOADS));
    }
    InitramfsSource.Found none = InitramfsSource.NONE.find(problems);
    return new Resolved(new Payload(Payload.Kind.FIRMWARE, file, none.path(), ""), none.letGo());
  }

  /**
   * What was made out.
   *
   * @param payload what the machine starts
   * @param letGo says that its files are not needed any more; may run twice
   */
  record Resolved(Payload payload, Runnable letGo) {}
}
