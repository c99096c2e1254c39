package dev.javisor.bench;

import dev.javisor.TappedMachines;
import dev.javisor.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The program that holds machines, and prints what one costs: heap and other bytes. */
final class FootprintProbe {
  static final int MACHINES = 40;
  private static final int WARM_UPS = 10;

  private FootprintProbe() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path payload = Path.of(args[0]);
    for (int i = 0; i < WARM_UPS; i++) {
      boot(payload).close();
    }
    List<VirtualMachine> held = new ArrayList<>();
    held.add(boot(payload));
    long heap = usedHeap();
    long resident = residentBesideGuests();
    for (int i = 0; i < MACHINES; i++) {
      held.add(boot(payload));
    }
    long moreHeap = usedHeap() - heap;
    long moreResident = residentBesideGuests() - resident;
    System.out.println(moreHeap / MACHINES + " " + moreResident / MACHINES);
    held.forEach(VirtualMachine::close);
  }

  private static VirtualMachine boot(Path payload) throws InterruptedException {
    CountDownLatch running = new CountDownLatch(1);
    VirtualMachine vm =
        TappedMachines.builder(b -> running.countDown())
            .kernel(payload)
            .memory(Workbench.RAM)
            .build()
            .boot();
    running.await();
    return vm;
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** proc_pid_smaps(5): what is resident, but for guest RAM, which alone is kept out of dumps. */
  private static long residentBesideGuests() throws IOException {
    long sum = 0;
    long resident = 0;
    long size = 0;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.startsWith("Size:")) {
        size = kibibytes(line) << 10;
      } else if (line.startsWith("Rss:")) {
        resident = kibibytes(line) << 10;
      } else if (line.startsWith("VmFlags:")) {
        boolean guest = line.contains(" dd") && size >= Workbench.RAM;
        sum += guest ? 0 : resident;
      }
    }
    return sum;
  }

  private static long kibibytes(String line) {
    return Long.parseLong(line.replaceAll("\\D", ""));
  }
}
