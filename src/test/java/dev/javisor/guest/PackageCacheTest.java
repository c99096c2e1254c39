package dev.javisor.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.internal.cache.Trees;
import dev.javisor.testing.guest.FakeArchive;
import dev.javisor.testing.guest.FakeKernel;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was fetched once is used again. */
class PackageCacheTest extends GuestPackagesFixture {
  @ParameterizedTest
  @EnumSource
  void shouldNeedNoMirror_whenTheCacheIsWarm(Route route) throws Exception {
    FakeMachine machine = route.machine(folder);
    machine.archive().publish(FakeMachine.SUITE);
    GuestPackages packages = named(machine);
    GuestKernel first = packages.kernel();
    Trees.delete(machine.mirror);
    machine.steps.clear();

    GuestKernel second = packages.kernel();

    assertEquals(first.vmlinux(), second.vmlinux());
    assertEquals(3, second.modules("virtio_blk").size());
    assertEquals(List.of(), machine.steps);
  }

  @Test
  void shouldRepairADamagedCache() throws Exception {
    FakeMachine machine = FakeMachine.withGpgv(folder);
    machine.archive().publish(FakeMachine.SUITE);
    GuestPackages packages = named(machine);
    GuestKernel kernel = packages.kernel();
    Files.writeString(kernel.vmlinux(), "damaged");
    Files.write(kernel.modules("virtio").get(0), new byte[10]);

    GuestKernel again = packages.kernel();

    assertArrayEquals(FakeKernel.vmlinux(FakeMachine.RELEASE), Files.readAllBytes(again.vmlinux()));
    assertEquals(2, again.modules("virtio").size());
    assertEquals(kernel.vmlinux(), again.vmlinux());
  }

  @Test
  void shouldSayWhatToDo_whenADamagedCacheCannotBeRepaired() throws Exception {
    FakeMachine machine = FakeMachine.withGpgv(folder);
    machine.archive().publish(FakeMachine.SUITE);
    GuestKernel kernel = named(machine).kernel();
    Trees.delete(machine.mirror);
    Files.writeString(kernel.vmlinux(), "damaged");

    GuestKernelUnavailableException e =
        assertThrows(GuestKernelUnavailableException.class, kernel::vmlinux);

    assertContains("damaged", e.reason());
    assertContains("network", e.fix());
    failure(named(machine));
  }

  @Test
  void shouldLookForNewer_whenAskedTo() throws Exception {
    FakeMachine machine = FakeMachine.withGpgv(folder);
    FakeArchive archive = machine.archive();
    archive.publish(FakeMachine.SUITE);
    GuestPackages packages = named(machine);
    GuestKernel old = packages.kernel();
    archive.addKernel(FakeMachine.METAPACKAGE, "6.1.0-8-cloud-amd64", "6.1.11-1");
    archive.publish(FakeMachine.SUITE);

    assertEquals(FakeMachine.RELEASE, packages.kernel().release());
    assertEquals("6.1.0-8-cloud-amd64", packages.refresh().kernel().release());
    assertEquals("6.1.0-8-cloud-amd64", packages.kernel().release());
    assertArrayEquals(FakeKernel.vmlinux(FakeMachine.RELEASE), Files.readAllBytes(old.vmlinux()));
    Trees.delete(machine.mirror);
    assertEquals("6.1.0-8-cloud-amd64", packages.refresh().kernel().release());
  }

  @Test
  void shouldKeepWhatComesFromElsewhereApart() throws Exception {
    FakeMachine machine = FakeMachine.withGpgv(folder);
    machine.archive().publish(FakeMachine.SUITE);
    machine.archive().publish("newer");

    assertNotEquals(
        named(machine).kernel().vmlinux(), named(machine).suite("newer").kernel().vmlinux());
  }

  @Test
  void shouldEndTheFetch_whenTheListenerThrows() throws Exception {
    FakeMachine machine = FakeMachine.withGpgv(folder);
    machine.archive().publish(FakeMachine.SUITE);
    FetchListener angry =
        new FetchListener() {
          @Override
          public void step(String what) {
            throw new IllegalStateException("stop: " + what);
          }

          @Override
          public void bytes(long done, long total) {}
        };

    assertThrows(IllegalStateException.class, () -> named(machine).listener(angry).kernel());
    assertEquals(FakeMachine.RELEASE, named(machine).kernel().release());
  }
}
