package dev.javisor.internal.machine;

import dev.javisor.backend.NetBackend;
import dev.javisor.backend.NetFrame;
import dev.javisor.backend.NetGuest;
import dev.javisor.internal.net.MacAddress;
import dev.javisor.internal.net.NicLimiters;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.net.tap.NetSpec;
import dev.javisor.internal.net.tap.TapSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A network that sends a guest's frames back to it, and notes their numbers. */
final class Mirror implements NetBackend {
  private static final int VIRTIO_HEADER = 12;

  private final List<Long> numbers = new ArrayList<>();
  private volatile NetGuest guest;

  /** The device on it, for one machine at a time. */
  PciDeviceFactory device() {
    return new MachineNic(
        new NetSpec(
            "net0",
            "net0",
            MacAddress.parse("02:00:00:00:00:01"),
            1,
            16,
            1500,
            NicLimiters.UNLIMITED,
            this,
            new TapSpec(null, List.of(), null, false, null, 0, 1, Offloads.NONE)));
  }

  @Override
  public void attach(NetGuest guest) {
    this.guest = guest;
  }

  @Override
  public void transmit(NetFrame frame) {
    byte[] number = new byte[Long.BYTES];
    frame.copyTo(StateGuest.FRAME_NUMBER - VIRTIO_HEADER, number, 0, number.length);
    synchronized (numbers) {
      numbers.add(ByteBuffer.wrap(number).order(ByteOrder.LITTLE_ENDIAN).getLong());
    }
    guest.deliver(frame);
    frame.complete();
  }

  /** The frames' numbers, in their order. */
  List<Long> numbers() {
    synchronized (numbers) {
      return List.copyOf(numbers);
    }
  }
}
