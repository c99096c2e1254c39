package dev.javisor;

import static java.util.Objects.requireNonNull;

import dev.javisor.config.PlatformConfig;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.smbios.SmbiosConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the builder was told of what the guest is told about its machine. */
final class PlatformSettings implements PlatformConfig {
  private static final int MOST_BYTES = 65_000;

  private final Map<String, String> texts = new LinkedHashMap<>();
  private final List<String> oemStrings = new ArrayList<>();
  private @Nullable UUID uuid;

  @Override
  public PlatformConfig manufacturer(String manufacturer) {
    return set("manufacturer", manufacturer);
  }

  @Override
  public PlatformConfig product(String product) {
    return set("product", product);
  }

  @Override
  public PlatformConfig version(String version) {
    return set("version", version);
  }

  @Override
  public PlatformConfig serial(String serial) {
    return set("serial", serial);
  }

  @Override
  public PlatformConfig uuid(UUID uuid) {
    this.uuid = requireNonNull(uuid, "uuid");
    return this;
  }

  @Override
  public PlatformConfig sku(String sku) {
    return set("sku", sku);
  }

  @Override
  public PlatformConfig family(String family) {
    return set("family", family);
  }

  @Override
  public PlatformConfig assetTag(String assetTag) {
    return set("assetTag", assetTag);
  }

  @Override
  public PlatformConfig oemString(String text) {
    oemStrings.add(requireNonNull(text, "text"));
    return this;
  }

  private PlatformConfig set(String field, String text) {
    texts.put(field, requireNonNull(text, field));
    return this;
  }

  /** Makes out what is told; the default if anything is wrong. */
  SmbiosConfig resolve(List<Problem> problems) {
    List<Problem> mistakes = new ArrayList<>();
    texts.forEach((field, text) -> check("platform." + field, text, mistakes));
    for (int i = 0; i < oemStrings.size(); i++) {
      checkOemString("platform.oemStrings[%d]".formatted(i), oemStrings.get(i), mistakes);
    }
    if (oemStrings.size() > SmbiosConfig.MOST_OEM_STRINGS) {
      mistakes.add(
          new Problem(
              "platform.oemStrings",
              Integer.toString(oemStrings.size()),
              "expected %d of them at most".formatted(SmbiosConfig.MOST_OEM_STRINGS)));
    }
    long bytes = bytes();
    if (bytes > MOST_BYTES) {
      mistakes.add(
          new Problem(
              "platform",
              bytes + " bytes of text",
              "expected %d at most, all together".formatted(MOST_BYTES)));
    }
    problems.addAll(mistakes);
    return mistakes.isEmpty() ? config() : SmbiosConfig.DEFAULT;
  }

  private SmbiosConfig config() {
    return new SmbiosConfig(
        texts.getOrDefault("manufacturer", SmbiosConfig.DEFAULT_NAME),
        texts.getOrDefault("product", SmbiosConfig.DEFAULT_NAME),
        text("version"),
        text("serial"),
        Optional.ofNullable(uuid),
        text("sku"),
        text("family"),
        text("assetTag"),
        oemStrings);
  }

  private String text(String field) {
    return texts.getOrDefault(field, "");
  }

  private long bytes() {
    long bytes = 0;
    for (String text : texts.values()) {
      bytes += text.getBytes(StandardCharsets.UTF_8).length + 1;
    }
    // The manufacturer is there twice.
    bytes += text("manufacturer").getBytes(StandardCharsets.UTF_8).length;
    for (String text : oemStrings) {
      bytes += text.getBytes(StandardCharsets.UTF_8).length + 1;
    }
    return bytes;
  }

  private static void checkOemString(String field, String text, List<Problem> problems) {
    if (text.isEmpty()) {
      problems.add(new Problem(field, "empty", "expected a character at least"));
    }
    check(field, text, problems);
  }

  private static void check(String field, String text, List<Problem> problems) {
    if (text.chars().anyMatch(Character::isISOControl)) {
      problems.add(new Problem(field, Checks.shown(text), "expected no control characters"));
    }
  }
}
