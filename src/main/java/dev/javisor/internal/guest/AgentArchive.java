package dev.javisor.internal.guest;

import com.google.common.io.CountingOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The part of an initramfs that brings the guest agent: the program, which the kernel starts as
 * process 1, and what it is to do before it steps aside. It goes before a user's own initramfs: the
 * kernel unpacks one archive after the other (Linux
 * Documentation/driver-api/early-userspace/buffer-format.rst), and not every compressed one may
 * have something behind it.
 *
 * @param role what process 1 is to become
 * @param modules files of kernel modules, to be loaded in this order; they may be compressed
 * @param busybox a busybox for a guest that has nothing else
 */
public record AgentArchive(Role role, List<Path> modules, Optional<Path> busybox) {
  private static final String CONFIG = AgentProgram.FOLDER + "/agent.conf";
  private static final String MODULES = AgentProgram.FOLDER + "/modules/";
  private static final int ALIGNMENT = 512;

  /**
   * What the agent's process 1 becomes, once the agent runs beside it.
   *
   * @param line as its configuration says it
   */
  public record Role(String line) {
    /** The guest's only program. */
    public static final Role STANDALONE = new Role("standalone");

    /** It mounts the root file system that the command line names, and starts that one's init. */
    public static final Role ROOT = new Role("root");

    private static final String NEXT = "next ";

    /** It starts the init of another initramfs. */
    public static Role next(String init) {
      return new Role(NEXT + init);
    }

    private boolean hasInit() {
      return line.startsWith(NEXT);
    }
  }

  /**
   * Writes the archive, and fills it up so that another may follow.
   *
   * @throws IOException if a module or the busybox cannot be read, or the output cannot be written
   */
  public void writeTo(OutputStream out) throws IOException {
    CpioArchive archive = new CpioArchive();
    archive.file(AgentProgram.PATH, AgentProgram.bytes(), 0755);
    text(archive, CONFIG, addModules(archive) + role.line() + "\n");
    if (!role.hasInit()) {
      addFolders(archive);
    }
    if (role.equals(Role.STANDALONE)) {
      text(archive, "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
      text(archive, "/etc/group", "root:x:0:\n");
    }
    if (busybox.isPresent()) {
      archive.file(InitScript.BUSYBOX, busybox.get(), 0755);
    }
    CountingOutputStream counting = new CountingOutputStream(out);
    archive.writeTo(counting);
    counting.write(new byte[(int) (-counting.getCount() & (ALIGNMENT - 1))]);
  }

  /** Adds the modules, and returns the configuration's lines for them. */
  private String addModules(CpioArchive archive) throws IOException {
    StringBuilder lines = new StringBuilder();
    int number = 0;
    for (Path module : modules) {
      String name = module.getFileName().toString().replaceFirst("\\.ko.*", ".ko");
      String path = MODULES + "%03d-%s".formatted(number++, name);
      archive.file(path, ModuleFile.bytes(module), 0644);
      lines.append("module ").append(path).append('\n');
    }
    return lines.toString();
  }

  private static void addFolders(CpioArchive archive) {
    archive.device("/dev/console", false, 5, 1, 0600);
    for (String folder : List.of("/proc", "/sys", "/run", "/root")) {
      archive.directory(folder, 0755);
    }
    archive.directory("/tmp", 01777);
  }

  private static void text(CpioArchive archive, String path, String text) {
    archive.file(path, text.getBytes(StandardCharsets.UTF_8), 0644);
  }
}
