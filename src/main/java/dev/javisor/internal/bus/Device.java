package dev.javisor.internal.bus;

/**
 * The life of a device, whatever bus it sits on.
 *
 * <p>The machine calls, from one thread at a time: {@link #quiesce()} after all vCPUs stand still,
 * then any of {@link #save()}, {@link #restore(DeviceState)} and {@link #reset()}, then {@link
 * #resume()} before the first vCPU runs again. A device starts out quiesced-free: right after its
 * construction it is in its reset state and at work.
 *
 * @param <S> the device's state record
 */
public interface Device<S extends DeviceState> {
  /** A name for logs and states, unique in its machine, such as {@code serial0}. */
  String id();

  /** Returns every register to its power-on value. Called between the guest's boots. */
  void reset();

  /**
   * Comes to rest: on return no request of this device is under way and no thread of it will touch
   * guest memory or raise an interrupt until {@link #resume()}. A device without threads of its own
   * has nothing to do.
   */
  default void quiesce() {}

  /** Goes on after {@link #quiesce()}. */
  default void resume() {}

  /** Returns the state as it is; the device is quiesced. */
  S save();

  /**
   * Takes over a state that {@link #save()} returned, here or in another process; the device is
   * quiesced.
   *
   * @throws IllegalArgumentException if the state's version is unknown or a component is out of
   *     bounds: states may come from files
   */
  void restore(S state);
}
