package dev.javisor.testing.suite;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What every Linux-guest test takes for granted of the machine on which it runs. */
@Tag("linux-guest")
class StockKvmTest {

  @Test
  void shouldOpenKvm() throws IOException {
    try (FileChannel kvm =
        FileChannel.open(Path.of("/dev/kvm"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      assertTrue(kvm.isOpen());
    }
  }

  @Test
  void shouldBeAHostWithNestedPaging() throws IOException {
    String flags = Files.readString(Path.of("/proc/cpuinfo"));

    assertTrue(
        flags.matches("(?s).*\\b(npt|ept)\\b.*"),
        "guests of this machine's KVM cannot run at a useful speed: neither npt nor ept");
  }
}
