package dev.javisor.testing.microguest;

/**
 * How a micro-guest reaches the registers of a virtio device. Everything here writes code into the
 * guest, which takes RAX, RCX, RDX, RBX, RSI, RDI, RBP, R8 and R9.
 */
interface VirtioTransport {
  /** Finds the device; all else needs that. */
  void find(Assembler a);

  /** Reads the device's status into RAX. */
  void loadStatus(Assembler a);

  void storeStatus(Assembler a, int status);

  /** Reads 32 bits of what the device offers into RAX. */
  void loadFeatures(Assembler a, int word);

  /** Accepts 32 bits of features from RAX. */
  void storeFeatures(Assembler a, int word);

  /** Tells where a queue lies, and enables it. */
  void enable(Assembler a, VirtioQueue queue);

  /** Tells the device of new buffers. */
  void kick(Assembler a, VirtioQueue queue);

  /** Leaves the address of the device's own configuration in RBX. */
  void config(Assembler a);

  /** Says what went wrong on the serial line, and switches off. */
  static void fail(Assembler a, String why) {
    a.print("\nfailed: " + why + "\n");
    a.powerOff();
  }
}
