package dev.javisor.backend;

import java.nio.ByteBuffer;

/**
 * A guest's end of a network cable: takes Ethernet frames for it, from the destination's address on
 * and without a checksum behind. They are copied straight into the guest's RAM, before the call
 * returns.
 *
 * <pre>{@code
 * void send(NetGuest guest, byte[] frame) {
 *   if (!guest.deliver(ByteBuffer.wrap(frame))) {
 *     System.err.println("the guest has no room; ready() will tell when it has");
 *   }
 * }
 * }</pre>
 *
 * <p>A frame that is shorter than its own header (14 bytes), or too long for the device's MTU, is
 * dropped; so is each frame while no driver listens, the link is down, or the machine is paused.
 *
 * <p>Threading: any thread but a vCPU's; never blocks for long.
 */
public interface NetGuest {
  /**
   * Delivers a frame.
   *
   * @param frame from its position to its limit, which stay as they are
   * @return false if the guest has no room for it just now; {@link NetBackend#ready} tells when to
   *     try again. True if it was delivered or dropped
   */
  boolean deliver(ByteBuffer frame);

  /**
   * Delivers a frame that another guest sends, or this one: as above. It is not completed by that.
   */
  boolean deliver(NetFrame frame);

  /** The longest payload of a frame in bytes: the longest frame has 22 more, with two VLAN tags. */
  int mtu();
}
