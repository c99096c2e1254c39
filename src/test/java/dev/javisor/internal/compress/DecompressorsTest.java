package dev.javisor.internal.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.guest.Compress;
import dev.javisor.testing.guest.Sample;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecompressorsTest {
  private static final byte[] SAMPLE = Sample.bytes();

  private static byte[] decode(byte[] compressed) throws IOException {
    try (InputStream in = Decompressors.open(new ByteArrayInputStream(compressed))) {
      return in.readAllBytes();
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = DecompressorsTest.class.getResourceAsStream("/compressed/" + name)) {
      return in.readAllBytes();
    }
  }

  private static byte[] frame(byte[] lz4Block) {
    return ByteBuffer.allocate(8 + lz4Block.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0x184c2102)
        .putInt(lz4Block.length)
        .put(lz4Block)
        .array();
  }

  @ParameterizedTest
  @ValueSource(strings = {"fast.zst", "small.zst", "stream.zst", "frames.zst", "legacy.lz4"})
  void shouldDecodeWhatTheUsualProgramsWrite(String name) throws IOException {
    assertArrayEquals(SAMPLE, decode(resource(name)));
  }

  @Test
  void shouldDecodeWhatOtherFormatsHold() throws IOException {
    assertArrayEquals(SAMPLE, decode(Compress.gzip(SAMPLE)));
    assertArrayEquals(SAMPLE, decode(Compress.xz(SAMPLE)));
    assertArrayEquals(SAMPLE, decode(Compress.xzForX86(SAMPLE)));
    assertArrayEquals(SAMPLE, decode(Compress.lzma(SAMPLE)));
    assertArrayEquals(SAMPLE, decode(Compress.bzip2(SAMPLE)));
    assertArrayEquals(SAMPLE, decode(Compress.lz4(SAMPLE)));
    assertArrayEquals(SAMPLE, decode(Compress.zstd(SAMPLE)));
  }

  @Test
  void shouldGiveOtherBytesAsTheyAre() throws IOException {
    assertArrayEquals(SAMPLE, decode(SAMPLE));
    assertArrayEquals(new byte[] {0x1f}, decode(new byte[] {0x1f}));
    assertArrayEquals(new byte[0], decode(new byte[0]));
  }

  @Test
  void shouldRefuseLzo() {
    byte[] lzo = {(byte) 0x89, 'L', 'Z', 'O', 0, 13, 10, 26, 10};

    IOException e = assertThrows(IOException.class, () -> decode(lzo));

    assertTrue(e.getMessage().contains("LZO"), e.getMessage());
  }

  @Test
  void shouldDecodeBlocksOfLz4ThatFillTheFrameExactly() throws IOException {
    byte[] big = new byte[2 * (8 << 20)];
    new Random(1).nextBytes(big);

    assertArrayEquals(big, decode(Compress.lz4(big)));
  }

  @Test
  void shouldIgnoreTheSizeThatKernelsPutBehindLz4() throws IOException {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.writeBytes(Compress.lz4(SAMPLE));
    payload.writeBytes(new byte[] {(byte) 0xe0, (byte) 0x93, 4, 0});

    assertArrayEquals(SAMPLE, decode(payload.toByteArray()));
  }

  @Test
  void shouldDecodeAMatchThatOverlapsWhatItMakes() throws IOException {
    byte[] block = {0x21, 'a', 'b', 2, 0, 0x50, 'x', 'y', 'z', 'z', 'y'};

    assertEquals("abababaxyzzy", new String(decode(frame(block)), StandardCharsets.US_ASCII));
  }

  @Test
  void shouldRefuseLz4MatchesFromBeforeTheStart() {
    byte[] block = {0x11, 'a', 2, 0, 0x10, 'x'};

    assertThrows(IOException.class, () -> decode(frame(block)));
  }

  @Test
  void shouldRefuseLz4BlocksThatAreLongerThanAFrameAllows() {
    byte[] block = new byte[40_000];
    Arrays.fill(block, (byte) 0xff);
    // One literal, then matches of its repetition: some 10 MB of it.
    block[0] = 0x1f;
    block[1] = 'a';
    block[2] = 1;
    block[3] = 0;
    block[block.length - 1] = 0;

    IOException e = assertThrows(IOException.class, () -> decode(frame(block)));

    assertTrue(e.getMessage().contains("longer than a frame allows"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"fast.zst", "small.zst", "stream.zst", "legacy.lz4"})
  void shouldFail_whenTheDataEndsEarly(String name) throws IOException {
    byte[] whole = resource(name);
    for (int length = 5; length < whole.length - 4; length += 997) {
      byte[] cut = Arrays.copyOf(whole, length);
      boolean right;
      try {
        right = Arrays.equals(SAMPLE, decode(cut));
      } catch (IOException e) {
        continue;
      }
      assertTrue(!right, name + " of " + length + " bytes");
    }
  }

  /** Nothing but an IOException may come of damaged data, and it may not take for ever. */
  @ParameterizedTest
  @ValueSource(strings = {"fast.zst", "small.zst", "stream.zst", "frames.zst", "legacy.lz4"})
  void shouldThrowNothingElse_whenBytesAreDamaged(String name) throws IOException {
    byte[] whole = resource(name);
    Random random = new Random(7);
    int refused = 0;
    for (int round = 0; round < 400; round++) {
      byte[] damaged = whole.clone();
      for (int i = 0; i <= round % 4; i++) {
        // Most of what a decoder decides on is near the start.
        int at = round % 2 == 0 ? random.nextInt(200) : random.nextInt(damaged.length);
        damaged[at] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        decode(damaged);
      } catch (IOException e) {
        refused++;
      }
    }
    assertTrue(refused > 40, refused + " of 400 were refused");
  }
}
