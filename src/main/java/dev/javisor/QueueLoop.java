package dev.javisor;

import java.util.Objects;
import java.util.concurrent.ThreadFactory;

/**
 * One thread of the host that serves the devices of many machines: see {@link
 * VirtualMachine.Builder#queueLoop}. There is no need to close it: its thread is there only while a
 * machine that uses it is.
 *
 * <pre>{@code
 * QueueLoop loop = QueueLoop.create();
 * for (int i = 0; i < 100; i++) {
 *   VirtualMachine.builder().queueLoop(loop).memory("64M"); // and so on
 * }
 * }</pre>
 *
 * <p>For a host of many machines that do little: a hundred of them do with one thread, or a few
 * loops with a thread each, instead of one for each queue. A single machine is better off without:
 * a queue's own thread answers its guest in two thirds of the time (about 14 us where a loop takes
 * 20), can {@link dev.javisor.config.DiskConfig#poll poll}, and is not held up by a request of
 * another queue that takes long; for a disk in Java code that blocks, do not use a loop.
 *
 * <p>Threading: any thread.
 */
public interface QueueLoop {
  /** A loop whose thread is a daemon with a name of its own. */
  static QueueLoop create() {
    return create(Thread::new);
  }

  /**
   * A loop.
   *
   * @param threads makes its thread, anew whenever the first machine comes: a platform thread,
   *     which gets its name here and is made a daemon
   */
  static QueueLoop create(ThreadFactory threads) {
    return new DefaultQueueLoop(Objects.requireNonNull(threads, "threads"));
  }
}
