package dev.javisor.internal.boot;

import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.x86.BootRegisters;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a kernel, its initramfs and what it is told into guest RAM. The files are read straight into
 * RAM, with no copy on the Java heap.
 *
 * <p>Threading: the caller's thread; no vCPU may run.
 */
public final class KernelLoader {
  private KernelLoader() {}

  /**
   * Finds what would keep a kernel from being loaded, before there is RAM.
   *
   * @param ramBytes the size of all RAM, at least 1 MiB
   * @return one mistake at most for each part of the payload; empty if all is well
   */
  public static List<PayloadException> check(
      KernelImage kernel, BootParameters parameters, long ramBytes) {
    List<PayloadException> mistakes = new ArrayList<>();
    List<Runnable> checks =
        List.of(
            () -> BootPlan.checkKernel(kernel, ramBytes),
            () -> BootPlan.cmdline(parameters.cmdline(), kernel.cmdlineLimit()),
            () ->
                parameters
                    .initramfs()
                    .ifPresent(file -> BootPlan.placeInitramfs(kernel, file, ramBytes)));
    for (Runnable check : checks) {
      try {
        check.run();
      } catch (PayloadException e) {
        mistakes.add(e);
      }
    }
    return mistakes;
  }

  /**
   * Loads a kernel. RAM that was used before must have been zeroed: {@link GuestMemory#discard()}.
   *
   * @return what the boot processor starts with
   * @throws PayloadException if something does not fit the RAM, or a file has shrunk since it was
   *     looked at
   * @throws dev.javisor.internal.sys.NativeException if a file cannot be read
   */
  public static BootRegisters load(
      KernelImage kernel, BootParameters parameters, GuestMemory memory) {
    return begin(kernel, parameters, memory).finish();
  }

  /**
   * Plans what {@link #load} does, so that several threads can do it; touches no RAM yet.
   *
   * @throws PayloadException if something does not fit the RAM
   */
  public static KernelLoad begin(
      KernelImage kernel, BootParameters parameters, GuestMemory memory) {
    return new KernelLoad(BootPlan.of(kernel, parameters, memory.size()), parameters, memory);
  }
}
