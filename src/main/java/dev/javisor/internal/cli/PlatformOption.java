package dev.javisor.internal.cli;

import dev.javisor.VirtualMachine;
import dev.javisor.config.PlatformConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says what the guest is told about its machine. Cloud Hypervisor's keys. */
final class PlatformOption {
  private static final String NAME = "--platform";
  private static final String UUID_KEY = "system_uuid";
  private static final String OEM_KEY = "oem_strings";

  /** Keys as Cloud Hypervisor wrote them first, and still takes them. */
  private static final Map<String, String> OLD_KEYS =
      Map.of("serial_number", "system_serial_number", "uuid", UUID_KEY);

  private static final Map<String, BiConsumer<PlatformConfig, String>> TEXTS = texts();
  private static final List<String> KEYS =
      Stream.of(TEXTS.keySet().stream(), Stream.of(UUID_KEY, OEM_KEY), OLD_KEYS.keySet().stream())
          .flatMap(keys -> keys)
          .toList();
  private static final Pattern UUID_FORM =
      Pattern.compile("\\p{XDigit}{8}-(\\p{XDigit}{4}-){3}\\p{XDigit}{12}");

  @Option(
      names = NAME,
      paramLabel =
          "system_manufacturer=TEXT|system_product_name=TEXT|system_version=TEXT|"
              + "system_serial_number=TEXT|system_uuid=UUID|system_sku_number=TEXT|"
              + "system_family=TEXT|chassis_asset_tag=TEXT|oem_strings=[TEXT,...]",
      description = "what the guest is told about its machine (SMBIOS), with commas between")
  private @Nullable String platform;

  private static Map<String, BiConsumer<PlatformConfig, String>> texts() {
    Map<String, BiConsumer<PlatformConfig, String>> texts = new LinkedHashMap<>();
    texts.put("system_manufacturer", PlatformConfig::manufacturer);
    texts.put("system_product_name", PlatformConfig::product);
    texts.put("system_version", PlatformConfig::version);
    texts.put("system_serial_number", PlatformConfig::serial);
    texts.put("system_sku_number", PlatformConfig::sku);
    texts.put("system_family", PlatformConfig::family);
    texts.put("chassis_asset_tag", PlatformConfig::assetTag);
    return texts;
  }

  /**
   * Tells the builder.
   *
   * @throws IllegalArgumentException naming the word that is wrong
   */
  void apply(VirtualMachine.Builder builder) {
    if (platform != null) {
      KeyValues keys = KeyValues.parse(NAME, platform, KEYS);
      builder.platform(config -> configure(config, keys));
    }
  }

  private static void configure(PlatformConfig config, KeyValues keys) {
    TEXTS.forEach(
        (key, set) -> {
          String text = value(keys, key);
          if (text != null) {
            set.accept(config, text);
          }
        });
    String uuid = value(keys, UUID_KEY);
    if (uuid != null) {
      config.uuid(uuid(uuid));
    }
    String strings = keys.get(OEM_KEY);
    if (strings != null) {
      KeyValues.list(NAME, OEM_KEY, strings).forEach(config::oemString);
    }
  }

  private static @Nullable String value(KeyValues keys, String key) {
    String value = keys.get(key);
    for (Map.Entry<String, String> old : OLD_KEYS.entrySet()) {
      String oldValue = old.getValue().equals(key) ? keys.get(old.getKey()) : null;
      if (oldValue != null && value != null) {
        throw new IllegalArgumentException(
            "%s: %s and %s are the same, and both there".formatted(NAME, old.getKey(), key));
      }
      value = oldValue != null ? oldValue : value;
    }
    return value;
  }

  private static UUID uuid(String text) {
    if (!UUID_FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "%s: the UUID %s: expected 32 hexadecimal digits as 8-4-4-4-12".formatted(NAME, text));
    }
    return UUID.fromString(text);
  }
}
