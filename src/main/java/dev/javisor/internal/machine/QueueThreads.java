package dev.javisor.internal.machine;

import dev.javisor.internal.bus.QueuePoll;
import dev.javisor.internal.bus.QueueWorker;
import dev.javisor.internal.bus.QueueWorkers;
import dev.javisor.internal.sys.EventFd;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread for each queue, which waits for its eventfd in a blocking read: the shortest way from a
 * guest's notification to the device. Where it is asked to, it looks for work for a while before.
 *
 * <p>Threading: any thread.
 */
final class QueueThreads implements QueueWorkers {
  private final MachineThreads threads;
  private final Doorbells doorbells;
  private final PollPause pause;
  private final LongSupplier nanoTime;

  /**
   * @param vcpus of the machine
   */
  QueueThreads(MachineThreads threads, Doorbells doorbells, int vcpus) {
    this(threads, doorbells, vcpus, System::nanoTime);
  }

  /**
   * @param nanoTime the clock of those that look for work
   */
  QueueThreads(MachineThreads threads, Doorbells doorbells, int vcpus, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.threads = threads;
    this.doorbells = doorbells;
    pause = new PollPause(vcpus, Runtime.getRuntime().availableProcessors());
  }

  @Override
  public String description() {
    return "a thread each";
  }

  @Override
  public QueueWorker create(String name, Runnable task) {
    return start(name, task, null);
  }

  @Override
  public QueueWorker create(String name, Runnable task, QueuePoll poll) {
    Poller poller = new Poller(task, poll, pause, nanoTime);
    return start(name, poller, poller);
  }

  private QueueWorker start(String name, Runnable task, @Nullable Poller poller) {
    EventFd event = new EventFd("notifications of " + name, true);
    try {
      QueueThread worker = new QueueThread(event, doorbells, new QueueTask(name, task), poller);
      worker.start(threads, name);
      return worker;
    } catch (RuntimeException | Error e) {
      event.close();
      throw e;
    }
  }
}
