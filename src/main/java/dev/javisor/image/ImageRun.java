package dev.javisor.image;

import dev.javisor.VirtualMachine;
import dev.javisor.agent.ExitStatus;
import dev.javisor.agent.GuestProcess;
import java.time.Duration;

/**
 * An image's program, running in its machine.
 *
 * <pre>{@code
 * try (ImageRun run = Image.fromDockerArchive(Path.of("nginx.tar")).run()) {
 *   URI page = run.vm().forward(80).uri("/");
 * }
 * }</pre>
 *
 * <p>Its output has to be read, or it stops once 256 KiB are waiting. Threading: any thread.
 *
 * <p>Not meant to be implemented outside Javisor, but by mocks: methods will be added.
 */
public interface ImageRun extends AutoCloseable {
  /** The machine. It goes on when the program has ended, until this is closed. */
  VirtualMachine vm();

  /** The program. */
  GuestProcess process();

  /**
   * Waits for the program's end, while its output is read by others or fits.
   *
   * @throws dev.javisor.error.GuestTimeoutException if it did not end; it goes on
   * @throws InterruptedException if the thread is interrupted; it goes on
   */
  ExitStatus awaitExit(Duration timeout) throws InterruptedException;

  /** Ends the machine at once, and throws away what it wrote to its disk. */
  @Override
  void close();
}
