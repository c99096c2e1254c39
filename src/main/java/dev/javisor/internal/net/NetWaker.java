package dev.javisor.internal.net;

/** Makes the worker of a queue run. Threading: any thread. */
public interface NetWaker {
  /** Makes it run, soon. Never blocks. */
  void wake();

  /** Makes it run whenever a descriptor of the host's has something new to read. */
  void watch(int descriptor, String name);

  /** Ends {@link #watch}. */
  void unwatch(int descriptor);
}
