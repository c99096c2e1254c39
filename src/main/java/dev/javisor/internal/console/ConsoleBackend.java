package dev.javisor.internal.console;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The host's end of a guest's console port. It has a thread of its own, so that neither a slow file
 * nor a client that does not read ever holds the guest up: output is kept in a {@link ConsoleLog}.
 *
 * <p>Errors: what happens to files and clients after {@link #start} is logged once; the guest does
 * not hear of it.
 */
public interface ConsoleBackend extends AutoCloseable {
  /** How much output waits for its reader, in bytes. */
  int BUFFER = 1 << 20;

  /** Where clients find it. */
  Optional<Path> path();

  /**
   * Starts the thread; input goes to the guest from here on. Called once.
   *
   * @throws IllegalStateException if there is no thread to be had
   */
  void start(ConsoleInput.Port guest);

  /** Takes a byte of output. Threading: one thread at a time. Never blocks. */
  void write(byte value);

  /** Learns that the port has room for input again. Threading: any. Never blocks, takes no lock. */
  void inputReady();

  /**
   * Writes what can be written at once, ends the thread and gives everything back. Takes half a
   * second at the most.
   */
  @Override
  void close();

  /** Makes threads. */
  @FunctionalInterface
  interface Threads {
    /**
     * Makes a daemon, not yet started.
     *
     * @param role what it is for, such as {@code serial0}
     * @throws IllegalStateException if there is none to be had
     */
    Thread newThread(String role, Runnable body);
  }
}
