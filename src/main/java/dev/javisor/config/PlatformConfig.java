package dev.javisor.config;

import java.util.UUID;

/**
 * What the guest is told about the machine that it is on, by SMBIOS tables: in Linux {@code
 * /sys/class/dmi/id}, and {@code dmidecode}. cloud-init, systemd and others read some of it.
 *
 * <pre>{@code
 * builder.platform(platform -> platform.serial("web1").oemString("rack 7"));
 * }</pre>
 *
 * <p>Texts have neither control characters nor more than 65,000 bytes as UTF-8, all of them
 * together. Nothing is told that is not set, but for manufacturer and product.
 *
 * <p>Not meant to be implemented outside Javisor, but by mocks: methods will be added.
 */
public interface PlatformConfig {
  /** The manufacturer of system and chassis. Default {@code Javisor}. */
  PlatformConfig manufacturer(String manufacturer);

  /** The product's name. Default {@code Javisor}. */
  PlatformConfig product(String product);

  /** The product's version. */
  PlatformConfig version(String version);

  /** The system's serial number, in which cloud-init's NoCloud finds an address, for one. */
  PlatformConfig serial(String serial);

  /** The system's UUID, which systemd takes a machine id from. */
  PlatformConfig uuid(UUID uuid);

  /** The product's stock-keeping number. */
  PlatformConfig sku(String sku);

  /** The family that the product belongs to. */
  PlatformConfig family(String family);

  /** The chassis's asset tag. */
  PlatformConfig assetTag(String assetTag);

  /**
   * Adds an OEM string: {@code io.systemd.credential:NAME=VALUE} is one for systemd. Up to 255,
   * none of them empty.
   */
  PlatformConfig oemString(String text);
}
