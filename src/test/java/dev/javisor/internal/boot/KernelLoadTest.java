package dev.javisor.internal.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.x86.PlatformLayout;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads a kernel and an initramfs of several pieces, with and without help. */
class KernelLoadTest {
  private static final int MIB = 1 << 20;
  private static final long RAM = 64 * MIB;
  private static final int TEXT_AT = 0x100_1000;

  @TempDir Path folder;

  private final byte[] text = noise(9 * MIB + 5);
  private final byte[] initrd = noise(5 * MIB + 1);
  private final GuestMemory memory =
      GuestRam.map(new RamSpec(RAM, false, false, true, false), PlatformLayout.PCI_MMIO_32.base());
  private Path kernelPath;
  private Fd kernel;
  private Fd initramfs;

  @BeforeEach
  void open() throws IOException {
    byte[] elf = new TestElf().segment(TEXT_AT, text, text.length).pvhEntry(TEXT_AT).build();
    kernelPath = Files.write(folder.resolve("kernel"), elf);
    kernel = Fd.open(kernelPath, Fd.O_RDONLY);
    initramfs = Fd.open(Files.write(folder.resolve("initramfs"), initrd), Fd.O_RDONLY);
  }

  @AfterEach
  void close() {
    kernel.close();
    initramfs.close();
    memory.close();
  }

  @Test
  void shouldLoadEveryByte_whenNobodyHelps() {
    KernelLoad load = begin();

    long entry = load.finish().rip();

    assertEquals(TEXT_AT, entry);
    assertLoaded();
  }

  @Test
  void shouldLoadEveryByte_whenThreadsHelp() throws InterruptedException {
    KernelLoad load = begin();
    assertTrue(load.pieces() >= 5, "pieces: " + load.pieces());
    List<Thread> helpers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Thread helper = new Thread(load::read);
      helper.start();
      helpers.add(helper);
    }

    load.finish();

    assertLoaded();
    for (Thread helper : helpers) {
      helper.join();
    }
  }

  @Test
  void shouldTellTheFailure_whenAHelperMetIt() throws IOException {
    KernelLoad load = begin();
    try (FileChannel file = FileChannel.open(kernelPath, StandardOpenOption.WRITE)) {
      file.truncate(6 * MIB);
    }

    load.read();

    String message = assertThrows(PayloadException.class, load::finish).getMessage();
    assertTrue(message.contains("become shorter"), message);
  }

  @Test
  void shouldReadNothingMore_whenCancelled() {
    KernelLoad load = begin();

    load.cancel();
    load.read();

    assertEquals(0, memory.readLong(TEXT_AT));
  }

  private KernelLoad begin() {
    return KernelLoader.begin(
        KernelImage.read(kernel),
        new BootParameters("quiet", Optional.of(initramfs), PlatformLayout.RSDP, false),
        memory);
  }

  private void assertLoaded() {
    assertArrayEquals(text, bytes(TEXT_AT, text.length));
    long modules = memory.readLong(PlatformLayout.PVH_START_INFO + 16);
    assertArrayEquals(initrd, bytes(memory.readLong(modules), initrd.length));
  }

  private byte[] bytes(long gpa, int length) {
    byte[] bytes = new byte[length];
    memory.read(gpa, bytes, 0, length);
    return bytes;
  }

  private static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
