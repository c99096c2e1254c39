package dev.javisor.bench.device;

import dev.javisor.bench.Peer;
import dev.javisor.bench.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The commands by which other monitors boot a guest with the device of a load. */
final class PeerMachines {
  private final Workload load;
  private final Path folder;
  private final Path pciKernel;
  private final Path mmioKernel;
  private final String backend;

  /**
   * @param folder for what monitors want in files
   * @param pciKernel the guest that looks for its device on PCI
   * @param mmioKernel the guest that looks for it on virtio-mmio
   * @param backend the file of the disk, or the name of the TAP, where the load is on one
   */
  PeerMachines(Workload load, Path folder, Path pciKernel, Path mmioKernel, String backend) {
    this.load = load;
    this.folder = folder;
    this.pciKernel = pciKernel;
    this.mmioKernel = mmioKernel;
    this.backend = backend;
  }

  /** The commands of a monitor, by what reports call them. */
  Map<String, List<String>> commands(Peer peer) throws IOException {
    Map<String, List<String>> commands = new LinkedHashMap<>();
    String program = peer.binary().toString();
    switch (peer.kind()) {
      case QEMU ->
          commands.put(
              load.device().isNet() ? "QEMU (q35)" : "QEMU (q35, iothread, io_uring)",
              qemu(program));
      case CLOUD_HYPERVISOR -> commands.put("Cloud Hypervisor", cloudHypervisor(program));
      case FIRECRACKER -> {
        if (load.device() != Workload.Device.DISK) {
          commands.put("Firecracker", firecracker(program, "Sync"));
        } else {
          commands.put("Firecracker, Sync", firecracker(program, "Sync"));
          commands.put("Firecracker, io_uring", firecracker(program, "Async"));
        }
      }
    }
    return commands;
  }

  private List<String> qemu(String program) {
    List<String> command = new ArrayList<>(List.of(program, "-M", "q35,accel=kvm"));
    // Not every host of -cpu host can pass on what it says of its own weaknesses.
    command.addAll(List.of("-cpu", "host,-arch-capabilities", "-m", memory()));
    command.addAll(List.of("-nodefaults", "-no-user-config", "-display", "none"));
    command.addAll(List.of("-monitor", "none", "-serial", "stdio"));
    command.addAll(List.of("-kernel", pciKernel.toString()));
    if (load.device() == Workload.Device.RNG) {
      command.addAll(List.of("-object", "rng-random,id=rng,filename=/dev/urandom"));
      command.addAll(List.of("-device", "virtio-rng-pci,rng=rng,disable-legacy=on"));
    } else if (load.device().isNet()) {
      command.addAll(List.of("-netdev"));
      command.add("tap,id=net,script=no,downscript=no,vhost=off,ifname=" + backend);
      command.addAll(List.of("-device", "virtio-net-pci,netdev=net,disable-legacy=on,romfile="));
    } else {
      command.addAll(List.of("-object", "iothread,id=io", "-drive"));
      command.add("if=none,id=disk,format=raw,aio=io_uring,cache=writeback,file=" + backend);
      command.addAll(List.of("-device", "virtio-blk-pci,drive=disk,iothread=io,disable-legacy=on"));
    }
    return command;
  }

  private List<String> cloudHypervisor(String program) {
    List<String> command = new ArrayList<>(List.of(program, "--cpus", "boot=1"));
    command.addAll(List.of("--memory", "size=" + memory(), "--serial", "tty"));
    command.addAll(List.of("--console", "off", "--kernel", pciKernel.toString()));
    if (load.device() == Workload.Device.RNG) {
      command.addAll(List.of("--rng", "src=/dev/urandom"));
    } else if (load.device().isNet()) {
      command.addAll(List.of("--net", "tap=" + backend));
    } else {
      command.addAll(List.of("--disk", "path=%s,image_type=raw".formatted(backend)));
    }
    return command;
  }

  private List<String> firecracker(String program, String engine) throws IOException {
    String device =
        switch (load.device()) {
          case RNG, CONSOLE -> "\"drives\": [], \"entropy\": {}";
          case DISK ->
              """
              "drives": [{"drive_id": "disk", "path_on_host": "%s", "is_root_device": false,
                "is_read_only": false, "io_engine": "%s"}]"""
                  .formatted(backend, engine);
          case SENDER, RECEIVER, PING ->
              """
              "drives": [], "network-interfaces": [{"iface_id": "net", "host_dev_name": "%s"}]"""
                  .formatted(backend);
        };
    String config =
        """
        {"boot-source": {"kernel_image_path": "%s", "boot_args": "console=ttyS0"},
         "machine-config": {"vcpu_count": 1, "mem_size_mib": %d},
         %s}
        """
            .formatted(mmioKernel, Workbench.RAM >> 20, device);
    String name = Objects.requireNonNull(mmioKernel.getFileName()) + "-" + engine + ".json";
    Path file = Files.writeString(folder.resolve(name), config);
    return List.of(program, "--no-api", "--no-seccomp", "--config-file", file.toString());
  }

  private static String memory() {
    return (Workbench.RAM >> 20) + "M";
  }
}
