package dev.javisor.internal.net;

/** Takes frames for the guest whenever somebody has one. */
@FunctionalInterface
public interface FrameSink {
  /**
   * Takes a frame, on any thread.
   *
   * @param source asked for one frame, in the call, perhaps several times until there is room
   * @return false if there is no room; true if it was taken or dropped
   */
  boolean offer(FrameSource source);
}
