package dev.javisor.internal.legacy;

import java.nio.charset.StandardCharsets;

/** What tests of the serial port share. */
abstract class SerialFixture {
  static final SerialConfig SMALL = new SerialConfig(8);

  final SerialDriver driver = new SerialDriver();
  final StringBuilder output = new StringBuilder();
  int roomNotices;
  final SerialPort port = newPort(SerialConfig.DEFAULT);

  SerialFixture() {
    driver.connect(port);
  }

  SerialPort newPort(SerialConfig config) {
    return LegacyDevices.serialPort(
        "serial0", config, driver, b -> output.append((char) b), () -> roomNotices++);
  }

  SerialPort connectSmall() {
    SerialPort small = newPort(SMALL);
    driver.connect(small);
    return small;
  }

  static int type(SerialPort port, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return port.receive(bytes, 0, bytes.length);
  }
}
