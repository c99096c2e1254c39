package dev.javisor.internal.smbios;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SmbiosTablesTest {
  private static final long GPA = 0xf0000;
  private static final int ROOM = 0x10000;
  private static final int ENTRY = 24;
  private static final SmbiosConfig FULL =
      new SmbiosConfig(
          "Maker",
          "Box",
          "2",
          "S-1",
          Optional.of(UUID.fromString("00112233-4455-6677-8899-aabbccddeeff")),
          "K",
          "Fam",
          "Tag",
          List.of("one", "größe"));

  private static String hex(byte[] bytes, int from, int to) {
    return HexFormat.of().formatHex(Arrays.copyOfRange(bytes, from, to));
  }

  private static String text(String text) {
    return HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void shouldBeginWithAnEntryPointWhoseBytesAddUpToZero() {
    byte[] image = SmbiosTables.build(SmbiosConfig.DEFAULT, GPA, ROOM);

    int sum = 0;
    for (int i = 0; i < ENTRY; i++) {
      sum += image[i];
    }
    assertEquals(0, sum & 0xff);
    assertEquals(text("_SM3_"), hex(image, 0, 5));
    assertEquals("18" + "030700" + "01" + "00", hex(image, 6, 12));
    String length = HexFormat.of().toHexDigits((byte) (image.length - ENTRY));
    assertEquals(length + "000000" + "18000f0000000000", hex(image, 12, ENTRY));
  }

  @Test
  void shouldWriteTheStructures() {
    byte[] image = SmbiosTables.build(FULL, GPA, ROOM);

    String firmware =
        "00180000" + "0102" + "0000" + "00" + "00" + "8000000000000000" + "00" + "10" + "ffffffff";
    String system =
        "011b0100" + "01020304" + "33221100554477668899aabbccddeeff" + "06" + "05" + "06";
    String chassis =
        "03160200" + "01" + "01" + "0000" + "02" + "030303" + "03" + "00000000" + "00000000" + "00";
    String oem = "0b050300" + "02";
    assertEquals(
        firmware
            + text("Javisor\0" + "0\0\0")
            + system
            + text("Maker\0Box\0" + "2\0S-1\0K\0Fam\0\0")
            + chassis
            + text("Maker\0Tag\0\0")
            + oem
            + text("one\0größe\0\0")
            + "7f040400"
            + "0000",
        hex(image, ENTRY, image.length));
  }

  @Test
  void shouldNumberOnlyWhatIsTold() {
    byte[] image = SmbiosTables.build(SmbiosConfig.DEFAULT, GPA, ROOM);

    String structures = hex(image, ENTRY, image.length);
    int system = structures.indexOf("011b0100");
    String none = "0".repeat(32);
    assertEquals("01020000" + none + "060000", structures.substring(system + 8, system + 54));
    assertEquals(-1, structures.indexOf("0b050300"));
  }

  @Test
  void shouldRefuseWhatHasNoRoom() {
    SmbiosConfig large =
        new SmbiosConfig(
            "",
            "",
            "",
            "",
            Optional.empty(),
            "",
            "",
            "",
            Collections.nCopies(255, "x".repeat(300)));

    assertThrows(IllegalArgumentException.class, () -> SmbiosTables.build(large, GPA, ROOM));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new SmbiosConfig(
                "", "", "", "", Optional.empty(), "", "", "", Collections.nCopies(256, "x")));
  }
}
