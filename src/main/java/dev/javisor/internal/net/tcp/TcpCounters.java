package dev.javisor.internal.net.tcp;

/**
 * What a stack has seen.
 *
 * @param segmentsIn segments that came from the guest
 * @param segmentsOut segments to the guest; a large one that is cut later is one
 * @param bytesIn payload that was taken
 * @param bytesOut payload that was sent, repeated payload included
 * @param repeated segments that were sent again
 * @param malformed segments that were no TCP
 * @param refused segments that were answered by a reset
 * @param dropped SYNs for which there was no room, and data for which there was no memory
 * @param memoryBytes held by connections now
 */
public record TcpCounters(
    long segmentsIn,
    long segmentsOut,
    long bytesIn,
    long bytesOut,
    long repeated,
    long malformed,
    long refused,
    long dropped,
    long memoryBytes) {}
