package dev.javisor;

import dev.javisor.config.ConsoleMode;
import dev.javisor.event.VmListener;
import java.io.OutputStream;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * The part of {@link VirtualMachine.Builder} that is about consoles: what they are connected to,
 * and who gets what the guest writes there.
 *
 * <pre>{@code
 * builder
 *     .console(line -> System.out.println("guest: " + line))
 *     .virtioConsole(ConsoleMode.file(Path.of("target/console.log")));
 * }</pre>
 *
 * <p>Threading: as the builder. Not meant to be implemented outside Javisor, but by mocks.
 *
 * @param <B> the builder, which each method returns
 */
public interface ConsoleBuilder<B extends ConsoleBuilder<B>> {
  /**
   * What the first serial port is connected to, {@code ttyS0} in Linux. Default: {@link
   * ConsoleMode#api()} as long as there is no virtio console, then {@link ConsoleMode#none()}.
   */
  B serial(ConsoleMode mode);

  /**
   * What the virtio console is connected to, {@code hvc0} in Linux. It is faster than the serial
   * port and knows its size, but it is there only once the guest has loaded a driver. Default
   * {@link ConsoleMode#off()}.
   */
  B virtioConsole(ConsoleMode mode);

  /**
   * Adds a consumer of console lines. It gets each line without its end, from the machine's first
   * on; a line of more than 8192 characters comes in pieces, and the last one when the guest ends.
   * One that falls further behind than the console's buffer reaches gets a line that tells how much
   * it missed. It is called as a {@link VmListener} is.
   */
  B console(Consumer<? super String> lines);

  /** Adds a logger that gets console lines at INFO, control characters replaced by {@code ?}. */
  B consoleLog(Logger logger);

  /**
   * Adds a stream that gets console output byte for byte, flushed, a few milliseconds after the
   * guest wrote it. It is not closed, and not written to again after it failed.
   */
  B consoleOutput(OutputStream stream);

  /**
   * How much console output is kept. Default {@code 1M}; memory is taken as output comes.
   *
   * @param size as in {@link VirtualMachine.Builder#memory(String)}, 4 KiB to 256 MiB
   */
  B consoleBuffer(String size);
}
