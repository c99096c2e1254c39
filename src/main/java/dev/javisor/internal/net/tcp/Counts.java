package dev.javisor.internal.net.tcp;

/** What {@link TcpCounters} tells, while it counts. */
final class Counts {
  long segmentsIn;
  long segmentsOut;
  long bytesIn;
  long bytesOut;
  long repeated;
  long malformed;
  long refused;
  long dropped;

  TcpCounters toRecord(long memory) {
    return new TcpCounters(
        segmentsIn, segmentsOut, bytesIn, bytesOut, repeated, malformed, refused, dropped, memory);
  }
}
