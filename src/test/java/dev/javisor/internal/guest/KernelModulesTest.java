package dev.javisor.internal.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.guest.Compress;
import dev.javisor.testing.guest.FakeModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelModulesTest {
  @TempDir Path folder;

  private void add(String file, byte[] content) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.write(path, content);
  }

  private List<String> order(String... names) throws IOException {
    return new KernelModules("6.1", ModuleFiles.of(folder))
        .inLoadOrder(List.of(names)).stream().map(p -> folder.relativize(p).toString()).toList();
  }

  @Test
  void shouldPutEachModuleBehindWhatItNeeds() throws IOException {
    add("kernel/a.ko", FakeModule.of("depends=b,c"));
    add("kernel/b.ko", FakeModule.of("license=GPL", "depends=c"));
    add("kernel/c.ko", FakeModule.of("depends="));
    add("kernel/d.ko", FakeModule.of());

    assertEquals(List.of("kernel/c.ko", "kernel/b.ko", "kernel/a.ko"), order("a"));
    assertEquals(List.of("kernel/c.ko", "kernel/d.ko", "kernel/b.ko"), order("c", "d", "b"));
  }

  @Test
  void shouldFindModulesByEitherSpelling_whenTheyAreCompressed() throws IOException {
    add("kernel/x-y.ko.xz", Compress.xz(FakeModule.of("depends=p_q")));
    add("kernel/p-q.ko.zst", Compress.zstd(FakeModule.of("depends=gz")));
    add("kernel/gz.ko.gz", Compress.gzip(FakeModule.of()));

    assertEquals(List.of("kernel/gz.ko.gz", "kernel/p-q.ko.zst", "kernel/x-y.ko.xz"), order("x_y"));
    assertEquals(3, order("x-y").size());
  }

  @Test
  void shouldLeaveOutWhatIsBuiltIn() throws IOException {
    add(
        "modules.builtin",
        "kernel/fs/ext4/ext4.ko\nkernel/lib/crc-16.ko\n".getBytes(StandardCharsets.US_ASCII));
    add("kernel/a.ko", FakeModule.of("depends=ext4,crc_16"));

    assertEquals(List.of(), order("ext4"));
    assertEquals(List.of("kernel/a.ko"), order("a"));
  }

  @Test
  void shouldFollowSoftDependencies_whenThereIsSuchAModule() throws IOException {
    add("kernel/fs.ko", FakeModule.of("softdep=pre: crc32c nothing post: later", "depends="));
    add("kernel/crc32c_generic.ko", FakeModule.of("alias=crc32c", "alias=crypto-crc32c"));
    add("kernel/crc32c_other.ko", FakeModule.of("alias=something"));
    add("kernel/later.ko", FakeModule.of());

    assertEquals(List.of("kernel/crc32c_generic.ko", "kernel/fs.ko"), order("fs"));
  }

  @Test
  void shouldEnd_whenModulesNeedEachOther() throws IOException {
    add("kernel/a.ko", FakeModule.of("depends=b"));
    add("kernel/b.ko", FakeModule.of("depends=a"));

    assertEquals(List.of("kernel/b.ko", "kernel/a.ko"), order("a"));
  }

  @Test
  void shouldPreferAnUpdate() throws IOException {
    add("kernel/a.ko", FakeModule.of());
    add("updates/dkms/a.ko", FakeModule.of());

    assertEquals(List.of("updates/dkms/a.ko"), order("a"));
  }

  @Test
  void shouldNameWhatIsLike_whenThereIsNoSuchModule() throws IOException {
    add("kernel/virtio_blk.ko", FakeModule.of());

    NoSuchElementException e =
        assertThrows(NoSuchElementException.class, () -> order("virtio_blok"));

    assertTrue(e.getMessage().contains("virtio_blok"), e.getMessage());
    assertTrue(e.getMessage().contains("it has virtio_blk"), e.getMessage());
  }

  @Test
  void shouldFail_whenAModuleIsNone() throws IOException {
    add("kernel/a.ko", new byte[100]);
    add("kernel/b.ko.xz", Arrays.copyOf(Compress.xz(FakeModule.of()), 50));

    assertThrows(IOException.class, () -> order("a"));
    assertThrows(IOException.class, () -> order("b"));
  }

  @Test
  void shouldTellTheReleaseThatAModuleIsFor() throws IOException {
    ModuleFile module =
        ModuleFile.parse(FakeModule.of("vermagic=6.1.0-7-amd64 SMP preempt mod_unload"));

    assertEquals(Optional.of("6.1.0-7-amd64"), module.release());
  }

  @Test
  void shouldThrowNothingElse_whenAModuleIsDamaged() {
    byte[] good = FakeModule.of("depends=a", "alias=b");
    Random random = new Random(3);
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      bad[random.nextInt(64)] = (byte) random.nextInt(256);
      try {
        ModuleFile.parse(bad).depends();
      } catch (KernelFormatException e) {
        refused++;
      }
    }
    assertTrue(refused > 100, refused + " of 2000 were refused");
  }
}
