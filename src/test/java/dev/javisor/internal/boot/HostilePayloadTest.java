package dev.javisor.internal.boot;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.x86.BootRegisters;
import dev.javisor.internal.x86.PlatformLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Throws damaged kernels at the loader: it either says that it does not like one, or writes nothing
 * outside the ranges that it said the kernel takes.
 */
class HostilePayloadTest {
  private static final long MIB = 1L << 20;
  private static final int RAM = (int) (4 * MIB);
  private static final int ROUNDS = 1500;
  private static final byte MARK = 0x5a;
  private static final long[] NASTY = {
    0,
    1,
    15,
    16,
    0x7f,
    0xff,
    0xfff,
    0x1000,
    0xffff,
    MIB - 1,
    MIB,
    RAM - 1,
    RAM,
    0xc000_0000L,
    0xffff_fff0L,
    0xffff_ffffL,
    0x1_0000_0000L,
    Long.MAX_VALUE - 15,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -4096,
    -1
  };

  private final Random random = new Random(20_240_101);
  private final GuestMemory memory =
      GuestRam.map(new RamSpec(RAM, false, false, false, false), PlatformLayout.PCI_MMIO_32.base());
  private int accepted;
  private int refused;

  @AfterEach
  void close() {
    memory.close();
  }

  @Test
  void shouldSurvive_whenElfHeadersAreDamaged() {
    byte[] elf =
        new TestElf()
            .pvhEntry(2 * MIB)
            .segment(MIB, contents(500), 3000)
            .segment(2 * MIB, contents(300), 300)
            .build();
    for (int round = 0; round < ROUNDS; round++) {
      tryToLoad(damage(elf, 0, TestElf.HEADER_SIZE + 3 * TestElf.PROGRAM_HEADER_SIZE + 40));
    }
    assertBothHappened();
  }

  @Test
  void shouldSurvive_whenSetupHeaderIsDamaged() {
    byte[] kernel =
        new TestBzImage(contents(700))
            .putLong(TestBzImage.PREF_ADDRESS, MIB)
            .putInt(TestBzImage.KERNEL_ALIGNMENT, 4096)
            .putInt(TestBzImage.INIT_SIZE, 1 << 16)
            .build();
    for (int round = 0; round < ROUNDS; round++) {
      tryToLoad(damage(kernel, 0x1f1, 0x270));
    }
    assertBothHappened();
  }

  @Test
  void shouldSurvive_whenFileIsNoise() {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] noise = contents(random.nextInt(2000));
      if (noise.length > 4 && random.nextBoolean()) {
        System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F'}, 0, noise, 0, 4);
      } else if (noise.length > 0x210) {
        ByteBuffer header = ByteBuffer.wrap(noise).order(ByteOrder.LITTLE_ENDIAN);
        header.putShort(0x1fe, (short) 0xaa55).putInt(0x202, 0x53726448);
      }
      tryToLoad(noise);
    }
    assertEquals(ROUNDS, accepted + refused);
  }

  private void assertBothHappened() {
    assertEquals(ROUNDS, accepted + refused);
    assertTrue(accepted > ROUNDS / 50, () -> "accepted " + accepted);
    assertTrue(refused > ROUNDS / 50, () -> "refused " + refused);
  }

  /** Changes a few fields between two offsets, and cuts some files short. */
  private byte[] damage(byte[] good, int from, int to) {
    byte[] bad = good.clone();
    ByteBuffer bytes = ByteBuffer.wrap(bad).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int size = 1 << random.nextInt(4);
      int at = from + random.nextInt((to - from) / size) * size;
      long value = random.nextBoolean() ? NASTY[random.nextInt(NASTY.length)] : random.nextLong();
      switch (size) {
        case 1 -> bytes.put(at, (byte) value);
        case 2 -> bytes.putShort(at, (short) value);
        case 4 -> bytes.putInt(at, (int) value);
        default -> bytes.putLong(at, value);
      }
    }
    return random.nextInt(8) == 0 ? Arrays.copyOf(bad, random.nextInt(bad.length)) : bad;
  }

  private void tryToLoad(byte[] kernel) {
    try (Fd file = TestFile.of(kernel)) {
      KernelImage image = KernelImage.read(file);
      BootParameters parameters = new BootParameters("quiet", Optional.empty(), 0xa0000, true);
      if (KernelLoader.check(image, parameters, RAM).isEmpty()) {
        load(image, parameters);
        accepted++;
      } else {
        assertThrows(
            PayloadException.class, () -> KernelLoader.load(image, parameters, memory).rip());
        refused++;
      }
    } catch (PayloadException e) {
      refused++;
    }
  }

  private void load(KernelImage image, BootParameters parameters) {
    memory.discard();
    List<AddressRange> taken = new ArrayList<>(image.footprint());
    taken.addAll(PlatformLayout.bootStructures());
    markAround(taken);

    BootRegisters registers =
        assertDoesNotThrow(() -> KernelLoader.load(image, parameters, memory));

    assertTrue(image.footprint().stream().anyMatch(r -> r.contains(registers.rip())));
    assertMarked(taken);
  }

  private void markAround(List<AddressRange> taken) {
    for (long gpa : around(taken)) {
      memory.writeByte(gpa, MARK);
    }
  }

  private void assertMarked(List<AddressRange> taken) {
    for (long gpa : around(taken)) {
      assertEquals(MARK, memory.readByte(gpa), () -> "0x%x was overwritten".formatted(gpa));
    }
  }

  /** The bytes next to ranges, where they are RAM and in no other range. */
  private List<Long> around(List<AddressRange> taken) {
    return taken.stream()
        .flatMap(range -> List.of(range.base() - 1, range.last() + 1).stream())
        .filter(gpa -> memory.contains(gpa, 1))
        .filter(gpa -> taken.stream().noneMatch(range -> range.contains(gpa)))
        .toList();
  }

  private byte[] contents(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }
}
