package dev.javisor.junit;

import dev.javisor.VirtualMachine;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A virtual machine for tests that is described by code. In a static field it is one for all tests
 * of the class, in an instance field one for each test. Otherwise as {@link Vm}.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final VmExtension server =
 *     VmExtension.builder().memory("512M").configure(builder -> builder.rng()).build();
 *
 * @Test
 * void shouldRun() {
 *   assertEquals(VmState.RUNNING, server.vm().state());
 * }
 * }</pre>
 *
 * <p>Threading: {@link #vm} any thread.
 */
@SuppressWarnings("exports") // Users of this package have Jupiter.
public final class VmExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        ExecutionCondition {
  private final VmSpec spec;
  private volatile @Nullable VirtualMachine vm;

  private VmExtension(VmSpec spec) {
    this.spec = spec;
  }

  /** Begins the description of a machine: Debian's kernel, one vCPU, 256 MiB. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The machine.
   *
   * @throws IllegalStateException if no test runs
   */
  public VirtualMachine vm() {
    VirtualMachine known = vm;
    if (known == null) {
      throw new IllegalStateException(
          "no test runs, or this extension is not registered: write @RegisterExtension above its"
              + " field");
    }
    return known;
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return Machines.of(context)
        .reasonToSkip(spec)
        .map(ConditionEvaluationResult::disabled)
        .orElseGet(() -> ConditionEvaluationResult.enabled("nothing is in the way of it"));
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    bringUp(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    bringUp(context);
  }

  private void bringUp(ExtensionContext context) throws InterruptedException {
    Machines machines = Machines.of(context);
    Object key = spec.shared().isEmpty() ? this : "shared " + spec.shared();
    try {
      machines.reserve(context, Map.of(key, spec));
      vm = machines.machine(context, key, spec).vm();
    } catch (VmSpec.MisdeclaredException e) {
      throw new ExtensionConfigurationException(e.getMessage(), e);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Reports.report(context);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Reports.report(context);
  }

  /** Describes a machine. Not safe for use by several threads. */
  public static final class Builder {
    private static final String WHERE = "VmExtension";
    private static final VmSetup NOTHING = new Vm.NoSetup();

    private String shared = "";
    private String image = "";
    private int cpus = 1;
    private long memory = 256L << 20;
    private String cmdline = "";
    private boolean defaults = true;
    private WhenUnavailable unavailable = WhenUnavailable.AS_CONFIGURED;
    private VmSetup setup = NOTHING;

    private Builder() {}

    /** As {@link Vm#shared}. */
    public Builder shared(String name) {
      shared = Objects.requireNonNull(name, "name");
      return this;
    }

    /** Boots from a container image, and runs its program: as {@link Vm#image}. */
    public Builder image(Path path) {
      image = path.toString();
      return this;
    }

    /** The number of vCPUs. Default 1. */
    public Builder cpus(int count) {
      cpus = checked(() -> VmSpec.checkedCpus(count, WHERE));
      return this;
    }

    /** The size of RAM, such as {@code 1G}. Default {@code 256M}. */
    public Builder memory(String size) {
      memory = checked(() -> VmSpec.parsed(size, WHERE));
      return this;
    }

    /** Words to add to the kernel's command line. */
    public Builder cmdline(String words) {
      cmdline = Objects.requireNonNull(words, "words");
      return this;
    }

    /** Sets no kernel, command line and agent beforehand: as {@link Vm#defaults}. */
    public Builder withoutDefaults() {
      defaults = false;
      return this;
    }

    /** What becomes of tests where no machine can run Linux. */
    public Builder unavailable(WhenUnavailable unavailable) {
      this.unavailable = Objects.requireNonNull(unavailable, "unavailable");
      return this;
    }

    /** Configures the machine further. */
    public Builder configure(VmSetup setup) {
      this.setup = Objects.requireNonNull(setup, "setup");
      return this;
    }

    /** The extension, to be registered by {@code @RegisterExtension}. */
    public VmExtension build() {
      return new VmExtension(
          new VmSpec(
              WHERE, "", shared, "", image, cpus, memory, cmdline, defaults, unavailable, setup));
    }

    private static <T> T checked(Supplier<T> value) {
      try {
        return value.get();
      } catch (VmSpec.MisdeclaredException e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      }
    }
  }
}
