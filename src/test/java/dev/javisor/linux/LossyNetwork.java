package dev.javisor.linux;

import dev.javisor.backend.NetBackend;
import dev.javisor.backend.NetFrame;
import dev.javisor.backend.NetGuest;
import java.nio.ByteBuffer;
import java.util.Random;

/** A network that loses frames in both directions, by a seed. */
final class LossyNetwork implements NetBackend {
  private final NetBackend network;
  private final double rate;
  private final Random random;

  LossyNetwork(NetBackend network, double rate, long seed) {
    this.network = network;
    this.rate = rate;
    random = new Random(seed);
  }

  private boolean isLost() {
    return random.nextDouble() < rate;
  }

  @Override
  public void attach(NetGuest guest) {
    network.attach(
        new NetGuest() {
          @Override
          public boolean deliver(ByteBuffer frame) {
            return isLost() || guest.deliver(frame);
          }

          @Override
          public boolean deliver(NetFrame frame) {
            return isLost() || guest.deliver(frame);
          }

          @Override
          public int mtu() {
            return guest.mtu();
          }
        });
  }

  @Override
  public void transmit(NetFrame frame) {
    if (isLost()) {
      frame.complete();
    } else {
      network.transmit(frame);
    }
  }

  @Override
  public void detach() {
    network.detach();
  }

  @Override
  public void ready() {
    network.ready();
  }

  @Override
  public void cancel() {
    network.cancel();
  }
}
