package dev.javisor.internal.machine;

import dev.javisor.event.VcpuInfo;
import dev.javisor.internal.memory.GuestMemory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The mechanics of one virtual machine; which call is legal when is the caller's business.
 *
 * <p>Threading: {@link #boot}, {@link #restore}, {@link #save}, {@link #pause}, {@link #resume},
 * {@link #reset}, {@link #powerButton} and {@link #close} are called from any thread, one at a
 * time: the caller holds its lifecycle lock. {@link #kill}, {@link #vcpus}, {@link #counters} and
 * {@link #consoleInput} come at any time, from several threads at once, also while another call is
 * under way. What the guest brings about (its end, its reset) the machine carries out on its own
 * threads, and guards itself against these calls. All calls are bounded in time and none reacts to
 * interruption. On a machine that has ended they do nothing: the guest may end while one is on its
 * way.
 *
 * <p>Errors: a host failure while the guest runs ends the machine with Failed; it is not thrown.
 *
 * <p>The listener is never called on a thread that is inside a call of this interface, but for
 * {@link MachineListener#onReboot}, and never after {@link #close} has returned.
 */
public interface Machine extends AutoCloseable {
  /**
   * Takes what the machine needs from the host, loads the guest and starts its vCPUs. Called once;
   * nothing is taken before. After a failure only {@link #close} is called.
   *
   * @throws MachineBootException saying how far it got
   * @throws dev.javisor.error.HypervisorUnavailableException if the host cannot run machines
   */
  void boot();

  /**
   * Instead of {@link #boot}: takes what the machine needs from the host, and takes over the state
   * of another one that was made from the same specification. It is paused then, and goes on with
   * {@link #resume}. Disks must be as they were when the state was saved.
   *
   * @param state what {@link #save} returned, here or in another process
   * @param ram called once, to fill RAM with what was in that machine's
   * @throws IllegalArgumentException if the state does not fit to this machine; states may come
   *     from files
   * @throws MachineBootException saying how far it got
   * @throws dev.javisor.error.HypervisorUnavailableException if the host cannot run machines
   */
  void restore(MachineState state, Consumer<GuestMemory> ram);

  /**
   * What a paused machine is like, but for what is in RAM and on disks. It can go on afterwards, as
   * long as nobody goes on from the state with the same disks.
   *
   * @throws IllegalStateException if the machine is not paused, or the guest has ended meanwhile
   */
  MachineState save();

  /** Returns once no vCPU executes guest code and devices have come to rest. */
  void pause();

  /** Goes on after {@link #pause}. */
  void resume();

  /** Starts the guest anew, whether it runs or is paused, without asking the listener; it runs. */
  void reset();

  /** Presses the power button. */
  void powerButton();

  /**
   * Asks for the end and returns at once: {@link MachineListener#onExit} follows with Killed, or
   * with what the guest was faster with. A boot under way or yet to come fails. Nothing happens
   * when the machine has ended.
   */
  void kill();

  /**
   * Offers bytes to the console's input.
   *
   * @return how many it took, from the first on; 0 if its buffer is full or the machine does not
   *     run. {@link MachineListener#onConsoleInputReady} tells when there is room again
   */
  int consoleInput(byte[] bytes, int offset, int length);

  /**
   * Tells the guest the size of the console, if that is one that can be told; at any time.
   *
   * @param columns characters a line, 0 to 65535
   * @param rows lines, 0 to 65535
   */
  void resizeConsole(int columns, int rows);

  /** Where clients find the serial port, if its mode has such a place; empty before the boot. */
  Optional<Path> serialPath();

  /** Where clients find the virtio console: as {@link #serialPath}. */
  Optional<Path> virtioConsolePath();

  /** What the vCPUs are doing, by their number; those that do not answer in time are UNKNOWN. */
  List<VcpuInfo> vcpus();

  /** What its devices count, by their ids, in the order of their slots; also after the end. */
  Map<String, Map<String, Long>> counters();

  /**
   * Ends the guest if it still runs (the listener hears of it first) and gives everything back;
   * later calls do nothing.
   */
  @Override
  void close();
}
