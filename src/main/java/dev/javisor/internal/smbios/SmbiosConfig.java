package dev.javisor.internal.smbios;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What the tables tell. An empty string is one that is not told.
 *
 * @param manufacturer the system's, and the chassis's
 * @param product the system's
 * @param version the system's
 * @param serial the system's serial number
 * @param uuid the system's, if it has one
 * @param sku the system's stock-keeping number
 * @param family the system's
 * @param assetTag the chassis's
 * @param oemStrings strings without a fixed meaning, none of them empty
 */
public record SmbiosConfig(
    String manufacturer,
    String product,
    String version,
    String serial,
    Optional<UUID> uuid,
    String sku,
    String family,
    String assetTag,
    List<String> oemStrings) {
  /** The manufacturer and the product that a machine has by itself. */
  public static final String DEFAULT_NAME = "Javisor";

  /** A machine of which nothing was told. */
  public static final SmbiosConfig DEFAULT =
      new SmbiosConfig(DEFAULT_NAME, DEFAULT_NAME, "", "", Optional.empty(), "", "", "", List.of());

  /** The most OEM strings: their number has a byte. */
  public static final int MOST_OEM_STRINGS = 255;

  public SmbiosConfig {
    oemStrings = List.copyOf(oemStrings);
    if (oemStrings.size() > MOST_OEM_STRINGS || oemStrings.contains("")) {
      throw new IllegalArgumentException("OEM strings: " + oemStrings);
    }
  }
}
