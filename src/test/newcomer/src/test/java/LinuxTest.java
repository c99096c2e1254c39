import static org.junit.jupiter.api.Assertions.*;

import dev.javisor.VirtualMachine;
import dev.javisor.junit.Vm;
import java.nio.file.*;
import org.junit.jupiter.api.Test;

class LinuxTest {
  @Test
  void shouldRunLinux(@Vm VirtualMachine vm) throws Exception {
    assertTrue(vm.exec("uname", "-a").requireSuccess().stdout().startsWith("Linux"));
    vm.agent().copyIn(Path.of("pom.xml"), "/tmp/pom.xml");
    vm.agent().copyOut("/tmp/pom.xml", Path.of("target/copy.xml"));
    assertEquals(-1, Files.mismatch(Path.of("pom.xml"), Path.of("target/copy.xml")));
    vm.exec("httpd", "-h", "/tmp").requireSuccess();
    String page = new String(vm.uri(80, "/pom.xml").toURL().openStream().readAllBytes());
    assertEquals(Files.readString(Path.of("pom.xml")), page);
    assertTrue(vm.console().text().contains("Linux version"));
  }
}
