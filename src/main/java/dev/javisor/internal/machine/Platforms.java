package dev.javisor.internal.machine;

import dev.javisor.internal.kvm.Kvm;

/** The platforms that there are: KVM on Linux. */
public final class Platforms {
  private Platforms() {}

  /** The platform of this host; what it cannot do, its facts tell. */
  public static Platform thisHost() {
    return new KvmPlatform(Kvm.DEVICE);
  }
}
