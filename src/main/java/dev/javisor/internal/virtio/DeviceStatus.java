package dev.javisor.internal.virtio;

/** Bits of the device status field: virtio 1.3 §2.1. */
final class DeviceStatus {
  static final int ACKNOWLEDGE = 1;
  static final int DRIVER = 2;
  static final int DRIVER_OK = 4;
  static final int FEATURES_OK = 8;
  static final int NEEDS_RESET = 64;
  static final int FAILED = 128;
  static final int ALL = ACKNOWLEDGE | DRIVER | DRIVER_OK | FEATURES_OK | NEEDS_RESET | FAILED;

  private DeviceStatus() {}
}
