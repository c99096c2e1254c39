package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.OnReset;
import dev.javisor.event.VmExit;
import dev.javisor.testing.microguest.BlkDriver;
import dev.javisor.testing.microguest.HostResources;
import dev.javisor.testing.microguest.MicroGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Machines whose devices share a thread, on the real KVM. */
@Timeout(60)
class VmQueueLoopTest {
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final int SECTOR = 512;
  private static final int PAGE = 4096;
  private static final int COPIES = 100;
  private static final long BUFFER = MicroGuest.DATA + 0x10_0000;

  @TempDir Path folder;

  /** A guest that copies the first page of its disk to the second, again and again. */
  private Path kernel() throws IOException {
    BlkDriver disk = BlkDriver.pci(0, MicroGuest.DATA);
    return MicroGuest.code(
            a -> {
              disk.start(a);
              for (int i = 0; i < COPIES; i++) {
                disk.request(a, BlkDriver.READ, 0, BUFFER, PAGE);
                disk.request(a, BlkDriver.WRITE, PAGE / SECTOR, BUFFER, PAGE);
              }
              a.powerOff();
            })
        .write(folder.resolve("kernel"));
  }

  private Path disk(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private static VirtualMachine.Builder builder(Path kernel, Path disk, QueueLoop loop) {
    return VirtualMachine.builder()
        .kernel(kernel)
        .memory("16M")
        .onReset(OnReset.EXIT)
        .disk(disk)
        .queueLoop(loop);
  }

  @Test
  void shouldServeTwoMachinesByOneThread_andLeaveNothingBehind() throws Exception {
    byte[] content = new byte[2 * PAGE];
    new Random(3).nextBytes(content);
    Path kernel = kernel();
    Path first = disk("first", content);
    Path second = disk("second", content);
    HostResources before = HostResources.now();
    List<Thread> made = new CopyOnWriteArrayList<>();
    QueueLoop loop =
        QueueLoop.create(
            body -> {
              Thread thread = new Thread(body);
              made.add(thread);
              return thread;
            });

    try (VirtualMachine one = builder(kernel, first, loop).build().boot();
        VirtualMachine two = builder(kernel, second, loop).build().boot()) {
      assertInstanceOf(VmExit.PowerOff.class, one.awaitExit(LIMIT));
      assertInstanceOf(VmExit.PowerOff.class, two.awaitExit(LIMIT));
    }

    System.arraycopy(content, 0, content, PAGE, PAGE);
    assertArrayEquals(content, Files.readAllBytes(first));
    assertArrayEquals(content, Files.readAllBytes(second));
    assertTrue(
        made.stream().allMatch(t -> t.isDaemon() && t.getName().equals("javisor-queue-loop")));
    assertFalse(made.stream().anyMatch(Thread::isAlive));
    HostResources.awaitReturnTo(before);
  }

  @Test
  void shouldServeTheNextMachine_whenAllOthersAreGone() throws Exception {
    Path kernel = kernel();
    Path disk = disk("disk", new byte[2 * PAGE]);
    QueueLoop loop = QueueLoop.create();
    for (int i = 0; i < 2; i++) {
      try (VirtualMachine vm = builder(kernel, disk, loop).build().boot()) {
        assertInstanceOf(VmExit.PowerOff.class, vm.awaitExit(LIMIT));
      }
    }
  }

  @Test
  void shouldRefuseALoopOfAnotherMake() {
    QueueLoop mine = new QueueLoop() {};

    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> VirtualMachine.builder().queueLoop(mine));

    assertTrue(String.valueOf(e.getMessage()).contains("QueueLoop.create"));
  }
}
