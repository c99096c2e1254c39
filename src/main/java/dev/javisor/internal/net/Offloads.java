package dev.javisor.internal.net;

/**
 * Work on frames that their sender leaves to somebody behind it, as the header in front of a frame
 * says.
 *
 * @param checksum the checksum of TCP and UDP
 * @param tso4 the cutting of TCP over IPv4 into frames
 * @param tso6 the cutting of TCP over IPv6 into frames
 * @param ecn such cutting where TCP says that its window was reduced
 * @param ufo the cutting of UDP datagrams into frames
 */
public record Offloads(boolean checksum, boolean tso4, boolean tso6, boolean ecn, boolean ufo) {
  /** Frames come ready for the wire. */
  public static final Offloads NONE = new Offloads(false, false, false, false, false);

  /** All there is. */
  public static final Offloads ALL = new Offloads(true, true, true, true, true);

  /** What both have. */
  public Offloads and(Offloads other) {
    return new Offloads(
        checksum && other.checksum,
        tso4 && other.tso4,
        tso6 && other.tso6,
        ecn && other.ecn,
        ufo && other.ufo);
  }

  /** Whether frames may be larger than the wire's. */
  public boolean segmentation() {
    return tso4 || tso6 || ufo;
  }
}
