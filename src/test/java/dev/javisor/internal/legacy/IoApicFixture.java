package dev.javisor.internal.legacy;

import java.util.ArrayList;
import java.util.List;

/** What tests of the IOAPIC share: a chip, and a router that notes what it is told. */
abstract class IoApicFixture {
  static final int SELECT = 0x00;
  static final int WINDOW = 0x10;
  static final int LEVEL = 0x8000;
  static final int REMOTE_IRR = 0x4000;
  static final int MASKED = 0x1_0000;

  /** Notes routes as text and signals as pins. */
  static final class Recorder implements MsiRouter {
    final List<String> routes = new ArrayList<>();
    final List<Integer> signals = new ArrayList<>();

    @Override
    public void route(int pin, long msiAddress, int msiData, boolean masked) {
      routes.add(masked ? pin + " masked" : "%d %x %x".formatted(pin, msiAddress, msiData));
    }

    @Override
    public void signal(int pin) {
      signals.add(pin);
    }
  }

  final Recorder router = new Recorder();
  final IoApic ioApic = newIoApic(false);

  IoApic newIoApic(boolean extended) {
    return LegacyDevices.ioApic("ioapic", new IoApicConfig(extended), router);
  }

  static int in(IoApic chip, int register) {
    chip.write(SELECT, 4, register);
    return (int) chip.read(WINDOW, 4);
  }

  static void out(IoApic chip, int register, int value) {
    chip.write(SELECT, 4, register);
    chip.write(WINDOW, 4, value & 0xffff_ffffL);
  }

  /** Writes an entry as Linux does: the upper half first, as the lower one unmasks. */
  static void setEntry(IoApic chip, int pin, int low, int high) {
    out(chip, 0x11 + 2 * pin, high);
    out(chip, 0x10 + 2 * pin, low);
  }

  int low(int pin) {
    return in(ioApic, 0x10 + 2 * pin);
  }
}
