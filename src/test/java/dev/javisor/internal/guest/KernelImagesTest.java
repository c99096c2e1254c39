package dev.javisor.internal.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.guest.Compress;
import dev.javisor.testing.guest.FakeKernel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KernelImagesTest {
  private static final String RELEASE = "6.1.0-7-cloud-amd64";
  private static final byte[] VMLINUX = FakeKernel.vmlinux(RELEASE);

  @TempDir Path folder;

  static Stream<Arguments> payloads() throws IOException {
    return Stream.of(
        Arguments.of("gzip", Compress.gzip(VMLINUX), false),
        Arguments.of("XZ", Compress.xzForX86(VMLINUX), true),
        Arguments.of("LZMA", Compress.lzma(VMLINUX), true),
        Arguments.of("bzip2", Compress.bzip2(VMLINUX), true),
        Arguments.of("LZ4", Compress.lz4(VMLINUX), true),
        Arguments.of("Zstandard", Compress.zstd(VMLINUX), true),
        Arguments.of("nothing", VMLINUX, true));
  }

  private Path image(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("image"), bytes);
  }

  private byte[] extract(byte[] bytes) throws IOException {
    Path target = folder.resolve("vmlinux");
    KernelImages.extractVmlinux(image(bytes), target);
    return Files.readAllBytes(target);
  }

  private static byte[] good() {
    return FakeKernel.bzImage(RELEASE, Compress.lz4(VMLINUX), VMLINUX.length, true);
  }

  private static byte[] with(int at, int value) {
    byte[] image = good();
    ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    return image;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("payloads")
  void shouldExtractTheVmlinux(String name, byte[] payload, boolean sizeBehind) throws IOException {
    byte[] image = FakeKernel.bzImage(RELEASE, payload, VMLINUX.length, sizeBehind);

    assertArrayEquals(VMLINUX, extract(image));
  }

  @Test
  void shouldTellTheRelease() throws IOException {
    assertEquals(Optional.of(RELEASE), KernelImages.release(image(good())));
    assertEquals(Optional.of(RELEASE), KernelImages.release(image(VMLINUX)));
    assertEquals(Optional.empty(), KernelImages.release(image(new byte[70_000])));
    assertEquals(Optional.empty(), KernelImages.release(image(new byte[0])));
  }

  @Test
  void shouldFindTheReleaseWhereverItIsInAVmlinux() throws IOException {
    byte[] banner = Arrays.copyOfRange(VMLINUX, 50_000, 50_100);
    for (int at : new int[] {(1 << 20) - 20, (1 << 20) - 260, (1 << 20) + 1, 3 << 20}) {
      byte[] big = Arrays.copyOf(Arrays.copyOf(VMLINUX, 100), 4 << 20);
      System.arraycopy(banner, 0, big, at, banner.length);

      assertEquals(Optional.of(RELEASE), KernelImages.release(image(big)), "at " + at);
    }
  }

  @Test
  void shouldTellAnElfFile() throws IOException {
    assertTrue(KernelImages.isElf(image(VMLINUX)));
    assertFalse(KernelImages.isElf(image(good())));
    assertFalse(KernelImages.isElf(image(new byte[3])));
  }

  @Test
  void shouldRefuseWhatIsNoBzImage() {
    assertThrows(KernelFormatException.class, () -> extract(new byte[0]));
    assertThrows(KernelFormatException.class, () -> extract(new byte[100_000]));
    assertThrows(KernelFormatException.class, () -> extract(Arrays.copyOf(good(), 0x240)));
  }

  @Test
  void shouldRefuseAKernelThatNamesNoPayload() {
    KernelFormatException e =
        assertThrows(KernelFormatException.class, () -> extract(with(0x206, 0x207)));

    assertTrue(e.getMessage().contains("2.6.24"), e.getMessage());
  }

  @Test
  void shouldRefuseATruncatedFile() {
    byte[] whole = good();

    KernelFormatException e =
        assertThrows(
            KernelFormatException.class, () -> extract(Arrays.copyOf(whole, whole.length - 400)));

    assertTrue(e.getMessage().contains("truncated"), e.getMessage());
  }

  @Test
  void shouldRefuseOffsetsOutsideTheFile() {
    assertThrows(KernelFormatException.class, () -> extract(with(0x248, -1)));
    assertThrows(KernelFormatException.class, () -> extract(with(0x24c, -1)));
    assertThrows(KernelFormatException.class, () -> extract(with(0x24c, 0)));
  }

  @Test
  void shouldRefuseASizeThatNoKernelHas() {
    byte[] image = FakeKernel.bzImage(RELEASE, Compress.lz4(VMLINUX), 0x7fffffff, true);

    KernelFormatException e = assertThrows(KernelFormatException.class, () -> extract(image));

    assertTrue(e.getMessage().contains("2147483647"), e.getMessage());
  }

  @Test
  void shouldFail_whenThePayloadIsShorterThanItClaims() {
    byte[] image = FakeKernel.bzImage(RELEASE, Compress.lz4(VMLINUX), VMLINUX.length + 1, true);

    assertThrows(IOException.class, () -> extract(image));
  }

  @Test
  void shouldRefuseAPayloadThatIsNoElfFile() {
    byte[] image = FakeKernel.bzImage(RELEASE, Compress.lz4(new byte[5000]), 5000, true);

    assertThrows(KernelFormatException.class, () -> extract(image));
  }

  @Test
  void shouldSayWhichCompressionIsMissing() {
    byte[] lzo = Arrays.copyOf(new byte[] {(byte) 0x89, 'L', 'Z', 'O', 0, 13, 10, 26}, 100);
    byte[] image = FakeKernel.bzImage(RELEASE, lzo, 100, true);

    IOException e = assertThrows(IOException.class, () -> extract(image));

    assertTrue(e.getMessage().contains("LZO"), e.getMessage());
  }
}
