package dev.javisor.examples;

import dev.javisor.VirtualMachine;
import dev.javisor.backend.NetBackend;
import dev.javisor.backend.NetWire;
import dev.javisor.event.VmExit;
import dev.javisor.guest.GuestPackages;
import dev.javisor.guest.Initramfs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Two machines in one JVM on a private cable, with no network of the host's and no root: one has
 * a letter for the other one. What goes over the cable is written to a file that Wireshark
 * opens.
 */
public final class TwoGuests {
  private static final String SERVER =
      """
      ip address add 10.0.0.1/24 dev eth0 && ip link set eth0 up
      echo "A letter of guest one, Linux $(uname -r)" | nc -l -p 80
      sleep 600
      """;
  private static final String CLIENT =
      """
      ip address add 10.0.0.2/24 dev eth0 && ip link set eth0 up
      for i in $(seq 60); do
        sleep 2 | nc 10.0.0.1 80 > /letter && [ -s /letter ] && break
      done
      cat /letter
      """;

  private TwoGuests() {}

  /**
   * Runs it; the exit status is 0 if the second guest powered off.
   *
   * @param args where the recording goes; default {@code wire.pcap}
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path recording = Path.of(args.length > 0 ? args[0] : "wire.pcap");
    NetWire wire = new NetWire();
    try (NetBackend recorded = NetBackend.recording(wire.first(), recording);
        VirtualMachine one = guest("one", SERVER, recorded);
        VirtualMachine two = guest("two", CLIENT, wire.second())) {
      one.boot();
      two.boot();
      VmExit exit = two.awaitExit(Duration.ofMinutes(5));
      one.close();
      recorded.close();
      System.out.println("What went over the cable: " + recording);
      System.exit(exit instanceof VmExit.PowerOff ? 0 : 1);
    }
  }

  private static VirtualMachine guest(String name, String script, NetBackend cable) {
    GuestPackages debian = GuestPackages.debian();
    Initramfs initramfs =
        Initramfs.builder()
            .busybox(debian.busybox())
            .modules(debian.kernel(), "virtio_pci", "virtio_net")
            .init(script)
            .build();
    return VirtualMachine.builder()
        .name(name)
        .kernel(debian.kernel())
        .initramfs(initramfs)
        .cmdline("console=ttyS0 quiet panic=-1")
        .memory("256M")
        .net(cable)
        .console(line -> System.out.println(name + ": " + line))
        .build();
  }
}
