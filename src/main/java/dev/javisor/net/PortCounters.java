package dev.javisor.net;

/**
 * What became of the frames at a port of a {@link VirtualSwitch}. But for the first four, numbers
 * are of frames that this port's guest sent; one for many guests counts once for each.
 *
 * <pre>{@code
 * try (VirtualSwitch network = VirtualSwitch.create(1)) {
 *   builder.net(network.port("a"));
 *   long dropped = network.counters("a").overflowed();
 * }
 * }</pre>
 *
 * @param sentFrames frames that its guest sent
 * @param sentBytes bytes of those
 * @param receivedFrames frames that its guest got
 * @param receivedBytes bytes of those
 * @param lost frames that were lost as {@link dev.javisor.config.LinkConditions#loss} says
 * @param duplicated frames that were doubled on a link
 * @param overtaken frames that others overtook on a link
 * @param partitioned frames that were lost to a partition
 * @param overflowed frames that were dropped as a queue was full
 * @param refused frames whose sender's address may not be on this port, or is none, and those that
 *     a bridge does not pass on
 */
public record PortCounters(
    long sentFrames,
    long sentBytes,
    long receivedFrames,
    long receivedBytes,
    long lost,
    long duplicated,
    long overtaken,
    long partitioned,
    long overflowed,
    long refused) {}
