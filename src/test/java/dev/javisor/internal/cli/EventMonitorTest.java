package dev.javisor.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VmEvent;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmState;
import dev.javisor.testing.CapturedLog;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventMonitorTest {
  private final StringWriter file = new StringWriter();
  private long now = 5;
  private final EventMonitor monitor = new EventMonitor("events", file, () -> now);

  private record Changed(String vm, Instant time, VmState from, VmState to)
      implements VmEvent.StateChanged {}

  private record Rebooted(String vm, Instant time, Optional<String> panic)
      implements VmEvent.Rebooted {}

  private record Activated(String vm, Instant time, String device)
      implements VmEvent.DeviceActivated {}

  private record Reset(String vm, Instant time, String device) implements VmEvent.DeviceReset {}

  private record PanicText(String vm, Instant time, String message) implements VmEvent.PanicText {}

  private record Exited(String vm, Instant time, VmExit exit) implements VmEvent.Exited {}

  private void change(VmState from, VmState to) {
    monitor.onEvent(new Changed("vm", Instant.EPOCH, from, to));
  }

  /** The lines without their times: source, event, properties. */
  private String told() {
    return file.toString()
        .replaceAll(
            "\\{\"timestamp\":\\{[^}]*},\"source\":\"([^\"]*)\",\"event\":\"([^\"]*)\","
                + "\"properties\":(.*)}",
            "$1 $2 $3");
  }

  @Test
  void shouldWriteALifeInTheWordsOfCloudHypervisor() {
    monitor.booting();
    change(VmState.CREATED, VmState.RUNNING);
    change(VmState.RUNNING, VmState.PAUSED);
    change(VmState.PAUSED, VmState.RUNNING);
    monitor.onEvent(new Rebooted("vm", Instant.EPOCH, Optional.empty()));
    monitor.onEvent(new Exited("vm", Instant.EPOCH, new VmExit.PowerOff()));
    change(VmState.RUNNING, VmState.EXITED);
    change(VmState.EXITED, VmState.CLOSED);
    monitor.close();

    assertEquals(
        """
        vmm starting null
        vm booting null
        vm booted null
        vm paused null
        vm resumed null
        vm rebooted null
        vm shutdown {"exit":"PowerOff"}
        vm deleted null
        vmm shutdown null
        """,
        told());
  }

  @Test
  void shouldTellOfDevicesAndPanics() {
    monitor.onEvent(new Activated("vm", Instant.EPOCH, "disk0"));
    monitor.onEvent(new Reset("vm", Instant.EPOCH, "disk0"));
    monitor.onEvent(new PanicText("vm", Instant.EPOCH, "say \"no\"\\\n"));

    assertEquals(
        """
        vmm starting null
        virtio-device activated {"id":"disk0"}
        virtio-device reset {"id":"disk0"}
        guest panic {"message":"say \\"no\\"\\\\\\u000a"}
        """,
        told());
  }

  @Test
  void shouldTellWhatDevicesCounted_whenTheMachineStandsStillOrEnds() {
    Map<String, Long> disk = new LinkedHashMap<>();
    disk.put("read_bytes", 512L);
    disk.put("read_latency_avg_us", 7L);
    monitor.count(() -> Map.of("disk0", disk));

    change(VmState.RUNNING, VmState.PAUSED);
    disk.put("read_bytes", 1024L);
    monitor.onEvent(new Exited("vm", Instant.EPOCH, new VmExit.PowerOff()));

    assertEquals(
        """
        vmm starting null
        vm paused null
        vm counters {"disk0":{"read_bytes":512,"read_latency_avg_us":7}}
        vm counters {"disk0":{"read_bytes":1024,"read_latency_avg_us":7}}
        vm shutdown {"exit":"PowerOff"}
        """,
        told());
  }

  @Test
  void shouldTellTheTimeSinceItsStart() {
    now += 3_000_000_042L;
    monitor.booting();

    assertEquals(
        "{\"timestamp\":{\"secs\":3,\"nanos\":42},\"source\":\"vm\",\"event\":\"booting\","
            + "\"properties\":null}",
        file.toString().lines().toList().get(1));
  }

  @Test
  void shouldSayOnceThatItCannotWrite_whenTheDiskIsFull() {
    String text =
        CapturedLog.of(
            () -> {
              try (EventMonitor full = EventMonitor.open(Path.of("/dev/full"))) {
                full.booting();
                full.booting();
              }
            });

    assertEquals(2, text.split("cannot write /dev/full any more", -1).length, text);
    assertTrue(text.contains("No space left on device"), text);
  }
}
