package dev.javisor.bench.guest;

import dev.javisor.VirtualMachine;
import dev.javisor.bench.Workbench;
import dev.javisor.bench.network.PasstCable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One guest on all networks at once: a TAP interface, the user-mode network, and passt. */
final class NetContestants implements AutoCloseable {
  static final int SOURCE = 1000;
  static final int SINK = 1001;
  static final int CLOSE = 1002;

  private static final String TAP_HOST = "10.221.0.1";
  private static final String TAP_GUEST = "10.221.0.2";

  /** As the others have it, whose frames are cut by the host or not at all. */
  private static final int USER_MTU = 1500;

  final VirtualMachine vm;
  final GuestSockets guest;
  final String whyNoPasst;
  private final @Nullable PasstCable passt;

  private NetContestants(
      VirtualMachine vm, GuestSockets guest, @Nullable PasstCable passt, String whyNoPasst) {
    this.vm = vm;
    this.guest = guest;
    this.passt = passt;
    this.whyNoPasst = whyNoPasst;
  }

  /** A network by which the guest reaches the host. */
  record Network(String name, String host) {}

  /**
   * Boots the guest, whose servers are then at the ports named here.
   *
   * @param bytes that it sends to each who connects to {@link #SOURCE}
   */
  static NetContestants boot(Workbench bench, long bytes) throws IOException, InterruptedException {
    PasstCable passt = null;
    String why = "";
    try {
      passt = PasstCable.start(bench.folder());
    } catch (IOException e) {
      why = "not measured: " + e.getMessage();
    }
    LinuxGuest linux = new LinuxGuest();
    VirtualMachine.Builder builder =
        linux
            .builder("512M")
            .net(net -> net.ip(TAP_HOST).mask("255.255.255.0"))
            .net(net -> net.mtu(USER_MTU).user(user -> user.network("10.223.0.0/24")));
    if (passt != null) {
      builder.net(passt, net -> net.mtu(PasstCable.MTU));
    }
    VirtualMachine vm = linux.boot(builder);
    GuestSockets guest = GuestSockets.install(vm, bench.root(), bench.folder());
    address(vm, "eth0", TAP_GUEST);
    if (passt != null) {
      address(vm, "eth2", PasstCable.GUEST);
    }
    guest.serve("source", Integer.toString(SOURCE), Long.toString(bytes));
    guest.serve("sink", Integer.toString(SINK));
    guest.serve("close", Integer.toString(CLOSE));
    return new NetContestants(vm, guest, passt, why);
  }

  private static void address(VirtualMachine vm, String device, String address)
      throws InterruptedException {
    // No server has given this one an address; passt's may have.
    vm.exec(
            "sh",
            "-c",
            "ip address replace %s/24 dev %s && ip link set %s up"
                .formatted(address, device, device))
        .requireSuccess();
  }

  /** Those by which the guest reaches the host; a TAP first. */
  List<Network> networks() {
    Network tap = new Network("TAP", TAP_HOST);
    Network user = new Network("Javisor's user-mode network", "10.223.0.2");
    return passt == null
        ? List.of(tap, user)
        : List.of(tap, user, new Network("passt, in Javisor's machine", PasstCable.HOST));
  }

  /** The guest's address on the TAP's network. */
  String tapGuest() {
    return TAP_GUEST;
  }

  @Override
  public void close() {
    vm.close();
    if (passt != null) {
      passt.close();
    }
  }
}
