package dev.javisor.internal.block;

/** Wakes the worker of a queue, which then calls {@link DiskQueue#reap}. Threading: any thread. */
public interface DiskWaker {
  /** Makes the worker run, soon. Never blocks. */
  void wake();

  /** An event descriptor of the host whose signal does the same, or -1 if there is none. */
  default int descriptor() {
    return -1;
  }
}
