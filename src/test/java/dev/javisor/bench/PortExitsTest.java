package dev.javisor.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.javisor.TappedMachines;
import dev.javisor.VirtualMachine;
import dev.javisor.event.VmExit;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs what the benchmark runs, on this machine's KVM. */
class PortExitsTest {
  private static final int COUNT = 3_000;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final StringBuilder marks = new StringBuilder();
  private final long[] allocated = new long[2];

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldAllocateNothing_whenGuestKeepsExiting(boolean user)
      throws IOException, InterruptedException {
    Path payload = folder.resolve("payload");
    Payload.portLoop(payload, user, COUNT);

    VmExit exit = run(payload);

    assertInstanceOf(VmExit.PowerOff.class, exit);
    assertEquals("SE", marks.toString());
    long bytes = allocated[1] - allocated[0];
    assertTrue(bytes < COUNT, () -> bytes + " bytes in " + COUNT + " exits");
  }

  private VmExit run(Path payload) throws InterruptedException {
    try (VirtualMachine vm =
        TappedMachines.builder(this::mark).kernel(payload).memory("64M").build().boot()) {
      return vm.awaitExit(LIMIT);
    }
  }

  private void mark(byte b) {
    int index = marks.append((char) b).length() - 1;
    allocated[Math.min(index, 1)] = threads.getCurrentThreadAllocatedBytes();
  }
}
