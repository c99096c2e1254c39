package dev.javisor.internal.virtio.net;

import static dev.javisor.internal.virtio.net.NetDriver.HEADER;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;

/** What tests of network cards begin with. */
abstract class NetFixture {
  static final int DEVICE = 4;
  static final int OK = 0;
  static final int ERR = 1;
  static final long CSUM = NetFeatures.CSUM;
  static final long MRG = NetFeatures.MRG_RXBUF;
  static final long CTRL = NetFeatures.CTRL_VQ;

  final FakePort port = new FakePort();
  NetDriver net = new NetDriver(port, 1);

  @AfterEach
  void close() {
    net.close();
  }

  void pairs(int pairs) {
    net.close();
    net = new NetDriver(port, pairs);
  }

  static byte[] frameOf(byte[] headerAndFrame) {
    return Arrays.copyOfRange(headerAndFrame, HEADER, headerAndFrame.length);
  }

  static void assertFrame(byte[] expected, byte[] received) {
    assertArrayEquals(frameOf(expected), frameOf(received));
  }
}
