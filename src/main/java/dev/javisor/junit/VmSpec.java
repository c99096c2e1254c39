package dev.javisor.junit;

import dev.javisor.internal.config.MemorySize;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;

/**
 * What a test wants.
 *
 * @param where the declaration, for messages
 * @param name what it is named, or empty
 * @param shared the name under which all tests share it, or empty
 * @param network the network that it is on under its name, or empty
 * @param image the path of the container image that it boots from, or empty
 * @param cpus the number of vCPUs
 * @param memory the size of RAM in bytes
 * @param cmdline words to add to the command line, or empty
 * @param defaults whether kernel, command line and agent are set
 * @param unavailable what to do where no machine runs Linux
 * @param setup configures it further
 */
record VmSpec(
    String where,
    String name,
    String shared,
    String network,
    String image,
    int cpus,
    long memory,
    String cmdline,
    boolean defaults,
    WhenUnavailable unavailable,
    VmSetup setup) {
  /** A declaration is wrong; the message says what to write. */
  static final class MisdeclaredException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MisdeclaredException(String message) {
      super(message);
    }
  }

  /**
   * Reads an annotation.
   *
   * @throws MisdeclaredException if it makes no sense
   */
  static VmSpec of(Vm vm, String where) {
    if (!vm.value().isEmpty() && !vm.shared().isEmpty()) {
      throw new MisdeclaredException(
          "%s: a machine has a name (value) or is shared under one (shared), not both"
              .formatted(where));
    }
    checkNetwork(vm, where);
    if (!vm.defaults() && !vm.cmdline().isEmpty()) {
      throw new MisdeclaredException(
          "%s: with defaults = false the setup class sets the command line, too".formatted(where));
    }
    if (!vm.defaults() && !vm.image().isEmpty()) {
      throw new MisdeclaredException(
          "%s: with defaults = false the setup class sets what it boots, too".formatted(where));
    }
    return new VmSpec(
        where,
        vm.value(),
        vm.shared(),
        vm.network(),
        vm.image(),
        checkedCpus(vm.cpus(), where),
        parsed(vm.memory(), where),
        vm.cmdline(),
        vm.defaults(),
        vm.unavailable(),
        instance(vm.setup(), where));
  }

  private static void checkNetwork(Vm vm, String where) {
    if (!vm.network().isEmpty() && !vm.shared().isEmpty()) {
      throw new MisdeclaredException(
          "%s: a network is of one test or class, so none of its machines is shared"
              .formatted(where));
    }
    if (!vm.network().isEmpty() && vm.value().isEmpty()) {
      throw new MisdeclaredException(
          "%s: a machine on a network has a name there: @Vm(value = \"NAME\", network = \"%s\")"
              .formatted(where, vm.network()));
    }
  }

  static int checkedCpus(int cpus, String where) {
    if (cpus < 1) {
      throw new MisdeclaredException("%s: cpus = %d: expected 1 or more".formatted(where, cpus));
    }
    return cpus;
  }

  static long parsed(String memory, String where) {
    long bytes;
    try {
      bytes = MemorySize.parse(memory);
    } catch (IllegalArgumentException e) {
      bytes = 0;
    }
    if (bytes <= 0) {
      throw new MisdeclaredException(
          "%s: memory = \"%s\": expected a number and K, M, G or T, such as \"512M\""
              .formatted(where, memory));
    }
    return bytes;
  }

  private static VmSetup instance(Class<? extends VmSetup> type, String where) {
    String wanted =
        "%s: setup = %s.class: expected a class with a constructor without parameters%s"
            .formatted(
                where,
                type.getSimpleName(),
                type.isMemberClass() && !Modifier.isStatic(type.getModifiers())
                    ? "; make it static"
                    : "");
    if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
      throw new MisdeclaredException(wanted);
    }
    try {
      Constructor<? extends VmSetup> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (InvocationTargetException e) {
      MisdeclaredException failed =
          new MisdeclaredException(
              "%s: setup = %s.class: its constructor failed: %s"
                  .formatted(where, type.getSimpleName(), e.getCause()));
      failed.initCause(e.getCause());
      throw failed;
    } catch (ReflectiveOperationException | RuntimeException e) {
      MisdeclaredException failed = new MisdeclaredException(wanted);
      failed.initCause(e);
      throw failed;
    }
  }

  /** Whether it is declared alike, so that both can be one machine. */
  boolean isLike(VmSpec other) {
    return network.equals(other.network)
        && image.equals(other.image)
        && cpus == other.cpus
        && memory == other.memory
        && cmdline.equals(other.cmdline)
        && defaults == other.defaults
        && setup.getClass() == other.setup.getClass();
  }

  /** What it is called in the names of the machine and of its files. */
  String label() {
    if (!shared.isEmpty()) {
      return shared;
    }
    return name.isEmpty() ? "vm" : name;
  }

  /** What it takes of the budget. */
  Need need() {
    return new Need(cpus, memory);
  }
}
