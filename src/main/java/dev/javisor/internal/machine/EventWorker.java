package dev.javisor.internal.machine;

import dev.javisor.internal.bus.QueueWorker;
import dev.javisor.internal.sys.EventFd;

/**
 * What all workers have: an eventfd by which they are woken, a doorbell that raises it, and a gate
 * before their task. Which thread waits for the eventfd, subclasses decide.
 *
 * <p>Threading: as {@link QueueWorker}.
 */
abstract class EventWorker implements QueueWorker {
  final EventFd event;
  final QueueTask task;
  private final Doorbells.Doorbell doorbell;

  /**
   * @param event this worker's from here on
   */
  EventWorker(EventFd event, Doorbells doorbells, QueueTask task) {
    this.event = event;
    this.task = task;
    doorbell = doorbells.create(event);
  }

  @Override
  public void wake() {
    event.signal();
  }

  @Override
  public int descriptor() {
    return event.number();
  }

  @Override
  public void listen(long gpa, int size) {
    doorbell.listen(gpa, size);
  }

  @Override
  public void deafen() {
    doorbell.deafen();
  }

  @Override
  public void pause() {
    task.pause();
  }

  @Override
  public void resume() {
    task.resume();
    event.signal();
  }
}
