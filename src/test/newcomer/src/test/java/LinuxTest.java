import static org.junit.jupiter.api.Assertions.*;

import dev.javisor.VirtualMachine;
import dev.javisor.junit.Vm;
import java.nio.file.*;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxTest {
  @Test
  void shouldRunLinux(@Vm VirtualMachine vm, @TempDir Path folder) throws Exception {
    assertTrue(vm.exec("uname", "-a").requireSuccess().stdout().startsWith("Linux"));
    Path file = Files.writeString(folder.resolve("in.txt"), "hello\n");
    vm.agent().copyIn(file, "/tmp/file.txt");
    vm.agent().copyOut("/tmp/file.txt", folder.resolve("out.txt"));
    assertEquals("hello\n", Files.readString(folder.resolve("out.txt")));
    assertTrue(vm.console().text().contains("Linux version"));
  }
}
