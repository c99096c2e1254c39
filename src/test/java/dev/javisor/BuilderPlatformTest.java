package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.javisor.internal.smbios.SmbiosConfig;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the guest is told about its machine. */
class BuilderPlatformTest extends BuilderFixture {
  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

  @Test
  void shouldTellWhatItIsTold() {
    SmbiosConfig smbios =
        boot(fixture
                .builder()
                .platform(
                    platform ->
                        platform
                            .manufacturer("M")
                            .product("P")
                            .version("V")
                            .serial("S")
                            .uuid(ID)
                            .sku("K")
                            .family("F")
                            .assetTag("T"))
                .platform(platform -> platform.oemString("a").oemString("b")))
            .board()
            .smbios();

    assertEquals(
        new SmbiosConfig("M", "P", "V", "S", Optional.of(ID), "K", "F", "T", List.of("a", "b")),
        smbios);
  }

  @Test
  void shouldHaveANameByItself() {
    assertEquals(SmbiosConfig.DEFAULT, boot(fixture.builder()).board().smbios());
  }

  @Test
  void shouldHaveAWatchdog_whenAskedFor() {
    assertEquals(
        List.of(false, true),
        List.of(
            boot(fixture.builder()).board().watchdog(),
            boot(fixture.builder().watchdog()).board().watchdog()));
  }

  @Test
  void shouldRefuseControlCharacters() {
    assertProblem(
        "platform.serial",
        "a?b",
        "no control characters",
        fixture.builder().platform(platform -> platform.serial("a\0b")));
    assertProblem(
        "platform.oemStrings[1]",
        "c?",
        "no control characters",
        fixture.builder().platform(platform -> platform.oemString("a").oemString("c\n")));
  }

  @Test
  void shouldRefuseAnEmptyOemString() {
    assertProblem(
        "platform.oemStrings[0]",
        "empty",
        "a character",
        fixture.builder().platform(platform -> platform.oemString("")));
  }

  @Test
  void shouldRefuseTooManyOemStrings() {
    VirtualMachine.Builder builder =
        fixture
            .builder()
            .platform(
                platform -> {
                  for (int i = 0; i < 256; i++) {
                    platform.oemString("x");
                  }
                });

    assertProblem("platform.oemStrings", "256", "255", builder);
  }

  @Test
  void shouldRefuseMoreTextThanThereIsRoomFor_andBootWithAsMuch() {
    assertProblem(
        "platform",
        "65001 bytes of text",
        "65000",
        fixture.builder().platform(platform -> platform.family("f".repeat(65_000))));
    assertProblem(
        "platform",
        "80001 bytes of text",
        "65000",
        fixture.builder().platform(platform -> platform.manufacturer("m".repeat(40_000))));

    int length =
        boot(fixture.builder().platform(platform -> platform.family("f".repeat(64_999))))
            .board()
            .smbios()
            .family()
            .length();
    assertEquals(64_999, length);
  }
}
