package dev.javisor.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.VirtualMachine;
import dev.javisor.agent.ExecResult;
import dev.javisor.error.ImageException;
import dev.javisor.event.VmExit;
import dev.javisor.guest.GuestPackages;
import dev.javisor.image.Image;
import dev.javisor.image.ImageCache;
import dev.javisor.image.ImageRun;
import dev.javisor.image.RootFs;
import dev.javisor.internal.image.Ext4Disk;
import dev.javisor.internal.image.OciFixture;
import dev.javisor.internal.image.TarFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A container image, made of a Debian package, in a machine of its own. */
@Tag("linux-guest")
@Timeout(600)
class ImageLinuxTest {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @TempDir private Path folder;

  private Path layout() throws Exception {
    byte[] busybox = Files.readAllBytes(GuestPackages.debian().busybox());
    return new OciFixture(folder.resolve("layout"))
        .layer(
            new TarFixture()
                .file("bin/busybox", busybox, 0755, 0, 0)
                .hardLink("bin/sh", "bin/busybox")
                .file("etc/passwd", "root:x:0:0::/:/bin/sh\nweb:x:33:34::/srv:/bin/sh\n")
                .file("etc/group", "root:x:0:\nweb:x:34:\n")
                .file("etc/gone", "of the lower layer"))
        .layer(
            new TarFixture()
                .file("etc/.wh.gone", "")
                .file("srv/mine", "secret".getBytes(UTF_8), 0400, 33, 34)
                .device("dev-null", false, 1, 3)
                .file("init", INIT.getBytes(UTF_8), 0755, 0, 0)
                .file("run.sh", SCRIPT.getBytes(UTF_8), 0755, 0, 0))
        .config(
            """
            'Entrypoint': ['/bin/sh', '/run.sh'], 'Cmd': ['one'], 'Env': ['GREETING=hello'],
            'WorkingDir': '/srv', 'User': 'web'
            """)
        .image("v1")
        .write();
  }

  private static final String SCRIPT =
      """
      b=/bin/busybox
      echo "$GREETING $1 from $($b pwd) as $($b id -u):$($b id -g)"
      $b cat mine; echo
      [ -e /etc/gone ] && echo "a whiteout was lost"
      $b stat -c '%a %u:%g %t:%T %h' /srv/mine /dev-null /bin/sh
      echo "written" > /tmp/file && $b cat /tmp/file
      $b tr '\\0' ' ' < /proc/1/cmdline; echo
      exit 7
      """;

  private static final String INIT =
      """
      #!/bin/sh
      /bin/busybox stat -c '%a %u:%g %h' /srv/mine /dev-null /bin/sh
      /bin/busybox poweroff -f
      """;

  private static final String LOOK_AT_SQUASHFS =
      """
      b=/bin/busybox
      $b mount -t squashfs -o ro /dev/vdb /tmp && cd /tmp || exit 1
      $b stat -c '%a %u:%g %t:%T %h' srv/mine dev-null bin/sh
      $b cmp bin/busybox /bin/busybox && $b cat srv/mine
      """;

  @Test
  void shouldRunItsEntryPoint() throws Exception {
    Image image = Image.fromOciLayout(layout()).cache(ImageCache.in(folder.resolve("cache")));

    Path squashfs = image.rootFs().toSquashfs(folder.resolve("squashfs"));

    try (ImageRun run =
        image.run(
            c ->
                c.timeout(PATIENCE)
                    .machine(
                        b ->
                            b.memory("256M")
                                .name("image")
                                .disk(squashfs)
                                .agent(a -> a.modules("squashfs"))))) {
      String said = new String(run.process().stdout().readAllBytes(), UTF_8);
      String errors = new String(run.process().stderr().readAllBytes(), UTF_8);

      assertEquals(7, run.awaitExit(PATIENCE).code(), said + errors);
      assertTrue(said.startsWith("hello one from /srv as 33:34\nsecret\n400 33:34 0:0 1\n"), said);
      assertTrue(said.contains("660 0:6 1:3 1\n755 0:0 0:0 2\nwritten\n"), said);
      assertEquals("", errors);
      run.vm().exec("/bin/busybox", "touch", "/changed").requireSuccess();
      assertTrue(
          run.vm().agent().facts().addresses().stream()
              .anyMatch(a -> a.networkInterface().equals("eth0") && a.prefix() == 24));
      assertTrue(run.vm().agent().readText("/etc/resolv.conf").startsWith("nameserver "));
      assertEquals(
          "400 33:34 0:0 1\n660 0:6 1:3 1\n755 0:0 0:0 2\nsecret",
          run.vm().exec("/bin/sh", "-c", LOOK_AT_SQUASHFS).requireSuccess().stdout());
    }

    String base = new Ext4Disk(image.disk()).check().ask("stat /changed");
    assertTrue(base.contains("File not found"), base);
  }

  @Test
  void shouldBootFromASquashfs() throws Exception {
    Path squashfs = RootFs.fromOciLayout(layout()).toSquashfs(folder.resolve("squashfs"));
    GuestPackages debian = GuestPackages.debian();

    try (VirtualMachine vm =
        VirtualMachine.builder()
            .name("squashfs")
            .kernel(debian.kernel())
            .cmdline("console=ttyS0 panic=-1 quiet root=/dev/vda rootfstype=squashfs ro")
            .memory("256M")
            .disk(disk -> disk.path(squashfs).readOnly(true))
            .agent(agent -> agent.modules("squashfs"))
            .timeoutMultiplier(5)
            .build()
            .boot()) {
      vm.agent().awaitReady(PATIENCE);

      ExecResult said =
          vm.exec("/bin/busybox", "stat", "-c", "%a %u:%g %h", "/srv/mine", "/bin/sh");
      assertEquals("400 33:34 1\n755 0:0 2\n", said.requireSuccess().stdout());
      assertTrue(vm.exec("/bin/busybox", "cat", "/proc/mounts").stdout().contains("/ squashfs ro"));
      ExecResult refused = vm.exec("/bin/busybox", "touch", "/changed");
      assertTrue(refused.stderr().contains("Read-only file system"), refused::stderr);
    }
  }

  @Test
  void shouldBootFromAnInitramfs() throws Exception {
    Path initramfs = RootFs.fromOciLayout(layout()).toInitramfs(folder.resolve("initramfs"));
    GuestPackages debian = GuestPackages.debian();

    try (VirtualMachine vm =
        VirtualMachine.builder()
            .name("initramfs")
            .kernel(debian.kernel())
            .initramfs(initramfs)
            .cmdline("console=ttyS0 panic=-1 quiet")
            .memory("256M")
            .timeoutMultiplier(5)
            .build()
            .boot()) {
      assertInstanceOf(VmExit.PowerOff.class, vm.awaitExit(PATIENCE));

      String said = vm.console().text().replace("\r", "");
      assertTrue(said.contains("400 33:34 1\n660 0:6 1\n755 0:0 2\n"), said);
    }
  }

  @Test
  void shouldLeaveNothing_whenTheHostsDiskIsFullInTheMiddle() throws Exception {
    Path small = Files.createDirectory(folder.resolve("small"));
    assertEquals(0, sh("mount -t tmpfs -o size=2m tmpfs " + small));
    try {
      byte[] large = new byte[4 << 20];
      new Random(1).nextBytes(large);
      Path tar = new TarFixture().file("large", large, 0644, 0, 0).writeTo(folder.resolve("a.tar"));
      RootFs rootFs = RootFs.fromTar(tar);

      ImageException e =
          assertThrows(ImageException.class, () -> rootFs.toDisk(small.resolve("disk")));

      assertEquals(ImageException.Reason.HOST, e.reason(), e::getMessage);
      assertTrue(e.getMessage().contains("ENOSPC"), e.getMessage());
      try (var left = Files.list(small)) {
        assertFalse(left.findAny().isPresent());
      }
    } finally {
      sh("umount " + small);
    }
  }

  private static int sh(String command) throws Exception {
    return new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor();
  }
}
