package dev.javisor.internal.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What our archives are to the usual program. */
class CpioProgramTest {
  @TempDir Path folder;

  @Test
  void shouldBeReadByCpio() throws Exception {
    CpioArchive archive = new CpioArchive();
    archive.file("/etc/motd", "hello\n".getBytes(StandardCharsets.UTF_8), 0640);
    archive.symbolicLink("/bin/sh", "busybox");
    archive.device("/dev/console", false, 5, 1, 0600);
    archive.directory("/tmp", 01777);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    archive.writeTo(bytes);
    Path file = Files.write(folder.resolve("archive"), bytes.toByteArray());
    Path list = folder.resolve("list");

    Process cpio =
        new ProcessBuilder(List.of("cpio", "-itvn", "--quiet"))
            .redirectInput(file.toFile())
            .redirectOutput(list.toFile())
            .redirectErrorStream(true)
            .start();

    assertTrue(cpio.waitFor(30, TimeUnit.SECONDS));
    String text = Files.readString(list).replaceAll(" +", " ");
    assertEquals(0, cpio.exitValue(), text);
    assertTrue(text.contains("-rw-r----- 1 0 0 6 Jan 1 1970 etc/motd"), text);
    assertTrue(text.contains("lrwxrwxrwx 1 0 0 7 Jan 1 1970 bin/sh -> busybox"), text);
    assertTrue(text.contains("crw------- 1 0 0 5, 1 Jan 1 1970 dev/console"), text);
    assertTrue(text.contains("drwxrwxrwt 2 0 0 0 Jan 1 1970 tmp"), text);
    assertEquals(7, text.lines().count(), text);
  }
}
