package dev.javisor.internal.net.ip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class InternetChecksumTest {
  private static ByteBuffer hex(String text) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(text.replace(" ", "")));
  }

  /** By the letter of RFC 1071 §4.1. */
  private static int plain(byte[] bytes) {
    int sum = 0;
    for (int i = 0; i < bytes.length; i++) {
      sum += (bytes[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return sum;
  }

  @Test
  void shouldSumTheExampleOfRfc1071() {
    assertEquals(0xddf2, InternetChecksum.sum(hex("0001 f203 f4f5 f6f7")));
  }

  @Test
  void shouldFillInTheFieldOfAnIpv4Header() {
    ByteBuffer header = hex("4500 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7");

    int field = InternetChecksum.finish(InternetChecksum.sum(header));
    header.putShort(10, (short) field);

    assertEquals(0xb861, field);
    assertTrue(InternetChecksum.intact(InternetChecksum.sum(header)));
    header.put(19, (byte) 0xc8);
    assertFalse(InternetChecksum.intact(InternetChecksum.sum(header)));
  }

  @Test
  void shouldSumAnyLengthAtAnyPlaceLikeThePlainLoop() {
    SplittableRandom random = new SplittableRandom(1);
    for (int length = 0; length < 200; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      int offset = random.nextInt(9);
      ByteBuffer heap = ByteBuffer.allocate(offset + length).put(offset, bytes);
      ByteBuffer direct = ByteBuffer.allocateDirect(offset + length).put(offset, bytes);

      assertEquals(plain(bytes), InternetChecksum.sum(heap, offset, length));
      assertEquals(
          plain(bytes),
          InternetChecksum.sum(direct.order(ByteOrder.LITTLE_ENDIAN), offset, length));
    }
  }

  @Test
  void shouldNotOverflow_whenAllOfAMegabyteIsOnes() {
    ByteBuffer ones = ByteBuffer.allocate(1 << 20);
    while (ones.hasRemaining()) {
      ones.put((byte) -1);
    }

    assertEquals(0xffff, InternetChecksum.sum(ones.flip()));
  }

  @Test
  void shouldPutPiecesTogether_whenOneHasAnOddLength() {
    byte[] bytes = new byte[777];
    new SplittableRandom(2).nextBytes(bytes);
    ByteBuffer all = ByteBuffer.wrap(bytes);

    int first = InternetChecksum.sum(all, 0, 333);
    int second = InternetChecksum.sum(all, 333, 444);

    assertEquals(plain(bytes), InternetChecksum.add(first, InternetChecksum.swap(second)));
  }

  @Test
  void shouldLeaveTheBufferAlone() {
    ByteBuffer buffer = hex("0102 0304").position(1);

    assertEquals(0x0603, InternetChecksum.sum(buffer));
    assertEquals(1, buffer.position());
    assertThrows(IndexOutOfBoundsException.class, () -> InternetChecksum.sum(buffer, 2, 3));
  }

  @Test
  void shouldCountThePseudoHeaderOfIpv4() {
    int sum = InternetChecksum.pseudoHeader(0xc0a80001, 0xc0a800c7, 17, 0x1234);

    assertEquals(InternetChecksum.sum(hex("c0a80001 c0a800c7 0011 1234")), sum);
  }

  @Test
  void shouldCountThePseudoHeaderOfIpv6() {
    int sum =
        InternetChecksum.pseudoHeader(
            0xfe80000000000000L, 0x0123456789abcdefL, 0xff02000000000000L, 1, 58, 0x12345);

    assertEquals(
        InternetChecksum.sum(
            hex(
                "fe80000000000000 0123456789abcdef ff02000000000000 0000000000000001"
                    + " 00012345 0000003a")),
        sum);
  }

  @Test
  void shouldSendNoZeroForUdp() {
    assertEquals(0, InternetChecksum.finish(0xffff));
    assertEquals(0xffff, InternetChecksum.finishUdp(0xffff));
    assertEquals(0xfffe, InternetChecksum.finishUdp(1));
  }
}
