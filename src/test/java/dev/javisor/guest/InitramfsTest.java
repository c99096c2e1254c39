package dev.javisor.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.guest.Compress;
import dev.javisor.testing.guest.CpioReader;
import dev.javisor.testing.guest.FakeModule;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitramfsTest {
  @TempDir Path folder;

  private Path busybox;
  private Path plain;
  private Path packed;

  @BeforeEach
  void makeFiles() throws IOException {
    busybox = Files.writeString(folder.resolve("bb"), "busybox");
    plain = Files.write(folder.resolve("virtio.ko"), FakeModule.of("name=virtio"));
    packed = Files.write(folder.resolve("x_blk.ko.xz"), Compress.xz(FakeModule.of("name=x")));
  }

  private GuestKernel kernel() {
    return new GuestKernel() {
      @Override
      public Path image() {
        throw new AssertionError();
      }

      @Override
      public Path vmlinux() {
        throw new AssertionError();
      }

      @Override
      public String release() {
        return "6.1";
      }

      @Override
      public List<Path> modules(String... names) {
        return Arrays.asList(names).contains("x-blk") ? List.of(plain, packed) : List.of(plain);
      }
    };
  }

  private static Map<String, CpioReader.Item> items(Initramfs initramfs) {
    return CpioReader.read(initramfs.toBytes()).stream()
        .collect(Collectors.toMap(CpioReader.Item::name, Function.identity()));
  }

  @Test
  void shouldHoldWhatWasAdded() {
    Map<String, CpioReader.Item> items =
        items(
            Initramfs.builder()
                .directory("/data", 0700)
                .file("/etc/motd", "hello", 0644)
                .file("/etc/raw", new byte[] {1, 2}, 0600)
                .file("/bin/tool", busybox, 0755)
                .symbolicLink("/bin/sh", "tool")
                .characterDevice("/dev/null", 1, 3, 0666)
                .blockDevice("/dev/vda", 254, 0, 0660)
                .build());

    assertEquals("hello", items.get("etc/motd").text());
    assertArrayEquals(new byte[] {1, 2}, items.get("etc/raw").content());
    assertEquals("busybox", items.get("bin/tool").text());
    assertEquals("tool", items.get("bin/sh").text());
    assertEquals(0x2000 | 0666, items.get("dev/null").mode());
    assertEquals(3, items.get("dev/null").minor());
    assertEquals(0x6000 | 0660, items.get("dev/vda").mode());
    assertEquals(0x4000 | 0700, items.get("data").mode());
    assertEquals(10, items.size());
  }

  @Test
  void shouldLoadModulesInOrderBeforeTheScript() {
    Map<String, CpioReader.Item> items =
        items(
            Initramfs.builder()
                .busybox(busybox)
                .modules(kernel(), "virtio")
                .modules(kernel(), "x-blk")
                .init("echo it works")
                .build());

    assertEquals("busybox", items.get("bin/busybox").text());
    assertEquals(0x8000 | 0755, items.get("bin/busybox").mode());
    assertEquals("echo it works", items.get("javisor/script").text());
    assertArrayEquals(
        FakeModule.of("name=virtio"), items.get("javisor/modules/000-virtio.ko").content());
    assertArrayEquals(FakeModule.of("name=x"), items.get("javisor/modules/001-x_blk.ko").content());
    String init = items.get("init").text();
    assertEquals(0x8000 | 0755, items.get("init").mode());
    assertTrue(init.startsWith("#!/bin/busybox sh\n"), init);
    int first = init.indexOf("insmod /javisor/modules/000-virtio.ko");
    int second = init.indexOf("insmod /javisor/modules/001-x_blk.ko");
    int script = init.indexOf("sh /javisor/script");
    assertTrue(init.indexOf("/proc") > 0 && init.indexOf("/proc") < first, init);
    assertTrue(first < second && second < script, init);
    assertTrue(script < init.indexOf("poweroff"), init);
    for (String mounted : List.of("proc", "sys", "dev")) {
      assertTrue(items.containsKey(mounted), mounted);
    }
    assertEquals(5, items.get("dev/console").major());
  }

  @Test
  void shouldRunAProgramAsItIs_whenThereAreNoModules() throws IOException {
    Path program = Files.write(folder.resolve("init"), new byte[] {0x7f, 'E', 'L', 'F'});

    Map<String, CpioReader.Item> items = items(Initramfs.builder().init(program).build());

    assertArrayEquals(Files.readAllBytes(program), items.get("init").content());
    assertEquals(0x8000 | 0755, items.get("init").mode());
    assertEquals(1, items.size());
  }

  @Test
  void shouldBecomeTheProgram_whenThereAreModules() throws IOException {
    Path program = Files.writeString(folder.resolve("own"), "own init");

    Map<String, CpioReader.Item> items =
        items(
            Initramfs.builder().busybox(busybox).modules(kernel(), "virtio").init(program).build());

    String init = items.get("init").text();
    assertTrue(init.contains("insmod /javisor/modules/000-virtio.ko"), init);
    assertTrue(init.endsWith("exec /javisor/init \"$@\"\n"), init);
    assertEquals("own init", items.get("javisor/init").text());
    assertEquals(0x8000 | 0755, items.get("javisor/init").mode());
  }

  @Test
  void shouldCompress() throws IOException {
    byte[] small = Initramfs.builder().file("/a", "text", 0644).gzip().build().toBytes();
    byte[] large = Initramfs.builder().file("/a", "text", 0644).build().toBytes();

    byte[] unpacked = new GZIPInputStream(new ByteArrayInputStream(small)).readAllBytes();

    assertArrayEquals(large, unpacked);
    assertArrayEquals(small, Initramfs.builder().file("/a", "text", 0644).gzip().build().toBytes());
  }

  @Test
  void shouldWriteAFile() throws IOException {
    Initramfs initramfs = Initramfs.builder().file("/a", "text", 0644).build();
    Path file = Files.writeString(folder.resolve("initrd"), "old");

    assertEquals(file, initramfs.writeTo(file));

    assertArrayEquals(initramfs.toBytes(), Files.readAllBytes(file));
    assertThrows(
        UncheckedIOException.class, () -> initramfs.writeTo(folder.resolve("none/initrd")));
  }

  @Test
  void shouldLeaveTheOldFile_whenAFileCannotBeRead() throws IOException {
    Path gone = Files.writeString(folder.resolve("gone"), "x");
    Initramfs initramfs = Initramfs.builder().file("/a", gone, 0644).build();
    Files.delete(gone);
    Path file = Files.writeString(folder.resolve("initrd"), "old");

    assertThrows(UncheckedIOException.class, () -> initramfs.writeTo(file));

    assertEquals("old", Files.readString(file));
    assertThrows(UncheckedIOException.class, initramfs::toBytes);
  }

  @Test
  void shouldRefuseWhatMakesNoSense() {
    Initramfs.Builder both = Initramfs.builder().busybox(busybox).init("x").init(busybox);
    Initramfs.Builder noBusybox = Initramfs.builder().init("x");
    Initramfs.Builder noInit = Initramfs.builder().busybox(busybox).modules(kernel(), "virtio");
    Initramfs.Builder built = Initramfs.builder();
    built.build();

    for (Initramfs.Builder builder : List.of(both, noBusybox, noInit, built)) {
      assertThrows(IllegalStateException.class, builder::build);
    }
    assertThrows(IllegalArgumentException.class, () -> Initramfs.builder().file("/../x", "", 0644));
  }

  @Test
  void shouldRefuseAModuleThatIsDamaged() throws IOException {
    Files.write(packed, new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 1, 2, 3});

    assertThrows(
        dev.javisor.error.GuestKernelUnavailableException.class,
        () -> Initramfs.builder().busybox(busybox).modules(kernel(), "x-blk").init("x").build());
  }
}
