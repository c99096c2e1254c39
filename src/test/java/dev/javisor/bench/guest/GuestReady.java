package dev.javisor.bench.guest;

import dev.javisor.VirtualMachine;
import dev.javisor.bench.Figure;
import dev.javisor.bench.Measurement;
import dev.javisor.bench.Result;
import dev.javisor.bench.Workbench;
import dev.javisor.guest.Initramfs;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** From {@code boot()} to the agent, beside the same kernel's way to its first process. */
public final class GuestReady implements Measurement {
  private static final String MARK = "this-is-user-space";
  private static final String MEMORY = "256M";

  @Override
  public String name() {
    return "guest-ready";
  }

  @Override
  public String description() {
    return "Linux guest: boot() to the agent's hello";
  }

  @Override
  public Result run(Workbench bench) throws InterruptedException {
    Optional<Result> unavailable = LinuxGuest.unavailable(name(), description(), "s");
    if (unavailable.isPresent()) {
      return unavailable.get();
    }
    LinuxGuest guest = new LinuxGuest();
    Figure userSpace = Figure.of("the kernel's first process prints a line");
    Figure agent = Figure.of("Javisor's agent is there");
    for (int round = 0; round < Math.max(3, bench.rounds() / 3); round++) {
      userSpace.samples().add(userSpace(guest));
      agent.samples().add(agent(guest));
    }
    return new Result(description(), "s", List.of(userSpace, agent), List.of());
  }

  private static double userSpace(LinuxGuest guest) throws InterruptedException {
    CountDownLatch seen = new CountDownLatch(1);
    Initramfs initramfs =
        Initramfs.builder()
            .busybox(guest.packages().busybox())
            .init("#!/bin/sh\necho " + MARK + " >/dev/console\nexec sleep 1000\n")
            .build();
    try (VirtualMachine vm =
        guest
            .bare(MEMORY)
            .initramfs(initramfs)
            .console(
                line -> {
                  if (line.contains(MARK)) {
                    seen.countDown();
                  }
                })
            .build()) {
      long start = System.nanoTime();
      vm.boot();
      if (!seen.await(LinuxGuest.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("no first process: " + vm.console().tail(20));
      }
      return (System.nanoTime() - start) / 1e9;
    }
  }

  private static double agent(LinuxGuest guest) throws InterruptedException {
    try (VirtualMachine vm = guest.builder(MEMORY).build()) {
      long start = System.nanoTime();
      vm.boot().agent().awaitReady(LinuxGuest.PATIENCE);
      return (System.nanoTime() - start) / 1e9;
    }
  }
}
