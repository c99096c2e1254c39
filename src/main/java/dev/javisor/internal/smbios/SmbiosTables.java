package dev.javisor.internal.smbios;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Writes the tables with their entry point. A guest finds that one by its signature at 0xF0000,
 * where Linux looks for it at each multiple of 16 up to 1 MiB, and the firmware of Cloud
 * Hypervisor's machine right at the beginning.
 *
 * <p>Source: SMBIOS 3.7 (DSP0134) §5.2.2, §7.1 to §7.4, §7.12, §7.46. Manufacturer and product
 * aside, the content is like Cloud Hypervisor's, with a chassis always.
 */
public final class SmbiosTables {
  private static final int FIRMWARE = 0;
  private static final int SYSTEM = 1;
  private static final int CHASSIS = 3;
  private static final int OEM_STRINGS = 11;
  private static final int END = 127;

  private static final int ENTRY_POINT_SIZE = 24;
  private static final int ENTRY_POINT_CHECKSUM = 5;
  private static final int MAJOR = 3;
  private static final int MINOR = 7;

  private static final long CHARACTERISTIC_PCI = 1 << 7;
  private static final int CHARACTERISTIC_VIRTUAL_MACHINE = 1 << 4;
  private static final int UNKNOWN_RELEASE = 0xff;
  private static final int WAKE_UP_POWER_SWITCH = 6;
  private static final int CHASSIS_OTHER = 1;
  private static final int STATE_SAFE = 3;
  private static final int SECURITY_NONE = 3;

  private SmbiosTables() {}

  /**
   * Writes entry point and structures, to be put at {@code gpa}.
   *
   * @param room how many bytes there may be
   * @throws IllegalArgumentException if there are more
   */
  public static byte[] build(SmbiosConfig config, long gpa, int room) {
    byte[] structures = structures(config);
    if (structures.length > room - ENTRY_POINT_SIZE) {
      throw new IllegalArgumentException(
          "%d bytes of SMBIOS structures, and room for %d"
              .formatted(structures.length, room - ENTRY_POINT_SIZE));
    }
    byte[] image = new byte[ENTRY_POINT_SIZE + structures.length];
    System.arraycopy(structures, 0, image, ENTRY_POINT_SIZE, structures.length);
    ByteBuffer entry = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    entry.put("_SM3_".getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
    entry.put((byte) ENTRY_POINT_SIZE).put((byte) MAJOR).put((byte) MINOR).put((byte) 0);
    entry.put((byte) 1).put((byte) 0);
    entry.putInt(structures.length).putLong(gpa + ENTRY_POINT_SIZE);
    image[ENTRY_POINT_CHECKSUM] = checksum(image);
    return image;
  }

  private static byte checksum(byte[] image) {
    int sum = 0;
    for (int i = 0; i < ENTRY_POINT_SIZE; i++) {
      sum += image[i];
    }
    return (byte) -sum;
  }

  private static byte[] structures(SmbiosConfig config) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int handle = 0;
    all.writeBytes(firmware(handle++).toBytes());
    all.writeBytes(system(config, handle++).toBytes());
    all.writeBytes(chassis(config, handle++).toBytes());
    if (!config.oemStrings().isEmpty()) {
      SmbiosStructure oem = new SmbiosStructure(OEM_STRINGS, handle++);
      oem.number(config.oemStrings().size(), 1);
      config.oemStrings().forEach(oem::looseString);
      all.writeBytes(oem.toBytes());
    }
    all.writeBytes(new SmbiosStructure(END, handle).toBytes());
    return all.toByteArray();
  }

  private static SmbiosStructure firmware(int handle) {
    SmbiosStructure firmware = new SmbiosStructure(FIRMWARE, handle);
    firmware.string(SmbiosConfig.DEFAULT_NAME).string("0");
    // No segment, no date, 64 KiB.
    firmware.number(0, 2).number(0, 1).number(0, 1);
    firmware.number(CHARACTERISTIC_PCI, 8).number(0, 1).number(CHARACTERISTIC_VIRTUAL_MACHINE, 1);
    for (int release = 0; release < 4; release++) {
      firmware.number(UNKNOWN_RELEASE, 1);
    }
    return firmware;
  }

  private static SmbiosStructure system(SmbiosConfig config, int handle) {
    return new SmbiosStructure(SYSTEM, handle)
        .string(config.manufacturer())
        .string(config.product())
        .string(config.version())
        .string(config.serial())
        .bytes(config.uuid().map(SmbiosTables::uuid).orElse(new byte[16]))
        .number(WAKE_UP_POWER_SWITCH, 1)
        .string(config.sku())
        .string(config.family());
  }

  /** The first three fields are little-endian: DSP0134 3.7 §7.2.1. */
  private static byte[] uuid(UUID uuid) {
    long high = uuid.getMostSignificantBits();
    return ByteBuffer.allocate(16)
        .putInt(Integer.reverseBytes((int) (high >>> 32)))
        .putShort(Short.reverseBytes((short) (high >>> 16)))
        .putShort(Short.reverseBytes((short) high))
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  private static SmbiosStructure chassis(SmbiosConfig config, int handle) {
    SmbiosStructure chassis = new SmbiosStructure(CHASSIS, handle);
    chassis.string(config.manufacturer()).number(CHASSIS_OTHER, 1).string("").string("");
    chassis.string(config.assetTag());
    for (int state = 0; state < 3; state++) {
      chassis.number(STATE_SAFE, 1);
    }
    // No OEM word, height, number of cords, contained elements and their size.
    return chassis.number(SECURITY_NONE, 1).number(0, 4).number(0, 4).string("");
  }
}
