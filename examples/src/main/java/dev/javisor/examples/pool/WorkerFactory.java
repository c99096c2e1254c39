package dev.javisor.examples.pool;

/** Makes workers. */
public interface WorkerFactory {
  /**
   * Makes one that is ready.
   *
   * @throws InterruptedException if the pool is closed meanwhile
   */
  Worker make() throws InterruptedException;
}
