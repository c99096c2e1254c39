package dev.javisor.internal.machine;

import dev.javisor.internal.bus.QueueWorker;
import dev.javisor.internal.bus.QueueWorkers;
import dev.javisor.internal.sys.EventFd;

/**
 * A thread for each queue, which waits for its eventfd in a blocking read: the shortest way from a
 * guest's notification to the device.
 *
 * <p>Threading: any thread.
 */
final class QueueThreads implements QueueWorkers {
  private final MachineThreads threads;
  private final Doorbells doorbells;

  QueueThreads(MachineThreads threads, Doorbells doorbells) {
    this.threads = threads;
    this.doorbells = doorbells;
  }

  @Override
  public QueueWorker create(String name, Runnable task) {
    EventFd event = new EventFd("notifications of " + name, true);
    try {
      QueueThread worker =
          new QueueThread(event, doorbells.create(event), new QueueTask(name, task));
      worker.start(threads, name);
      return worker;
    } catch (RuntimeException | Error e) {
      event.close();
      throw e;
    }
  }
}
