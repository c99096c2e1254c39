package dev.javisor.internal.guest;

import java.util.List;

/** Writes the program that a guest's kernel starts first, as a script for busybox. */
public final class InitScript {
  /** Where busybox is in the initramfs. */
  public static final String BUSYBOX = "/bin/busybox";

  private InitScript() {}

  /**
   * A script that mounts the kernel's file systems, loads modules, runs a script of the user, and
   * powers the machine off.
   *
   * @param modules the paths of the modules in the initramfs, in order
   * @param script the path of the user's script in the initramfs
   */
  public static String forScript(List<String> modules, String script) {
    return """
        #!/bin/busybox sh
        export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root TERM=linux
        /bin/busybox --install -s /bin
        mount -t proc -o nosuid,nodev,noexec proc /proc
        mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
        mount -t devtmpfs -o mode=0755 devtmpfs /dev
        """
        + load(modules)
        + """
        # The kernel had no console to open if the driver of it is one of these modules.
        [ -t 0 ] || { (: < /dev/console) 2> /dev/null && exec < /dev/console > /dev/console 2>&1; }
        cd /root
        sh %s
        status=$?
        echo "javisor: the init script ended with status $status"
        sync
        poweroff -f
        # Where nothing powers the machine off, it must not panic for want of an init.
        while :; do sleep 1000; done
        """
            .formatted(script);
  }

  /**
   * A script that loads modules and becomes the user's own init.
   *
   * @param modules the paths of the modules in the initramfs, in order
   * @param init the path of the user's program in the initramfs
   */
  public static String forProgram(List<String> modules, String init) {
    return "#!/bin/busybox sh\n" + load(modules) + "exec " + init + " \"$@\"\n";
  }

  private static String load(List<String> modules) {
    StringBuilder lines = new StringBuilder();
    for (String module : modules) {
      lines
          .append("/bin/busybox insmod ")
          .append(module)
          .append(" || /bin/busybox echo \"javisor: cannot load ")
          .append(module)
          .append("\"\n");
    }
    return lines.toString();
  }
}
