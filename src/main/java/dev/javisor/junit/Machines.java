package dev.javisor.junit;

import com.google.common.base.Suppliers;
import dev.javisor.VirtualMachine;
import dev.javisor.config.OnReset;
import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.error.InvalidConfigurationException;
import dev.javisor.error.JavisorException;
import dev.javisor.net.VirtualSwitch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;

/**
 * The machines of one test run: kept in the stores of its contexts, which close them.
 *
 * <p>Threading: any thread.
 */
final class Machines {
  static final Namespace NAMESPACE = Namespace.create("dev.javisor.junit");

  /** Where a test of the extension puts its own {@link MachineSource}, in the root's store. */
  static final String SOURCE = "source";

  private static final Duration PATIENCE = Duration.ofMillis(250);

  private final MachineSource source;
  private final Supplier<Optional<String>> obstacle;
  private final Settings settings;
  private final Budget budget;
  private final ConsoleFiles files;

  private Machines(MachineSource source, Settings settings) {
    this.source = source;
    obstacle = Suppliers.memoize(source::obstacle);
    this.settings = settings;
    budget = new Budget(settings.budget(), PATIENCE);
    files = new ConsoleFiles(settings.consoles());
  }

  /** Those of the run that the context belongs to. */
  static Machines of(ExtensionContext context) {
    ExtensionContext root = context.getRoot();
    Store store = root.getStore(NAMESPACE);
    return store.getOrComputeIfAbsent(
        Machines.class,
        key -> {
          MachineSource source = store.get(SOURCE, MachineSource.class);
          Settings settings =
              Settings.of(
                  root::getConfigurationParameter,
                  name -> Optional.ofNullable(System.getenv(name)));
          return new Machines(source == null ? new HostMachines() : source, settings);
        },
        Machines.class);
  }

  Budget budget() {
    return budget;
  }

  /** Why this machine cannot run here, if that is to skip the test. */
  Optional<String> reasonToSkip(VmSpec spec) {
    boolean skips =
        spec.unavailable() == WhenUnavailable.AS_CONFIGURED
            ? settings.skips()
            : spec.unavailable() == WhenUnavailable.SKIP;
    return skips ? obstacle.get() : Optional.empty();
  }

  /**
   * Takes all of these out of the budget at once that are not there yet, so that two tests with
   * several machines each do not wait for one another. Brings up those that are shared before.
   *
   * @param wanted by their keys
   */
  void reserve(ExtensionContext context, Map<Object, VmSpec> wanted) throws InterruptedException {
    Map<Object, Need> missing = new LinkedHashMap<>();
    Store store = context.getStore(NAMESPACE);
    for (Map.Entry<Object, VmSpec> entry : wanted.entrySet()) {
      if (!entry.getValue().shared().isEmpty()) {
        RunningVm unused = machine(context, entry.getKey(), entry.getValue());
      } else if (store.get(entry.getKey()) == null && store.get(reserved(entry.getKey())) == null) {
        missing.put(entry.getKey(), entry.getValue().need());
      }
    }
    if (!missing.isEmpty()) {
      reserve(context, store, missing.keySet(), Need.sum(missing.values()));
    }
  }

  private void reserve(ExtensionContext context, Store store, Collection<Object> keys, Need need)
      throws InterruptedException {
    Budget.Grant grant = budget.acquire(context.getUniqueId(), need);
    // Stores close in reverse order: after the machines, which are put later.
    keys.forEach(key -> store.put(reserved(key), grant));
  }

  private static Object reserved(Object key) {
    return "reserved " + key;
  }

  /** The machine of this key, in the context or one around it; brought up the first time. */
  RunningVm machine(ExtensionContext context, Object key, VmSpec spec) throws InterruptedException {
    boolean shared = !spec.shared().isEmpty();
    ExtensionContext owner = shared ? context.getRoot() : context;
    Store store = owner.getStore(NAMESPACE);
    if (!spec.network().isEmpty()) {
      // Before the machine, so that it is closed after it.
      VirtualSwitch unused = TestNetwork.of(owner, spec.network());
    }
    Budget.Ticket ticket = shared ? budget.block(context.getUniqueId()) : null;
    RunningVm running;
    try {
      running =
          store.getOrComputeIfAbsent(key, unused -> bringUp(owner, key, spec), RunningVm.class);
    } catch (BringUpInterrupted e) {
      throw e.interrupt;
    } finally {
      if (ticket != null) {
        budget.unblock(ticket);
      }
    }
    if (!running.spec().isLike(spec)) {
      throw new VmSpec.MisdeclaredException(
          "%s: declared otherwise at %s: one machine has one declaration; give it another name"
              .formatted(spec.where(), running.spec().where()));
    }
    note(context, running);
    return running;
  }

  /** Takes an interrupt through a function that declares none. */
  private static final class BringUpInterrupted extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient InterruptedException interrupt;

    BringUpInterrupted(InterruptedException interrupt) {
      super(interrupt);
      this.interrupt = interrupt;
    }
  }

  private RunningVm bringUp(ExtensionContext owner, Object key, VmSpec spec) {
    RunningVm running = null;
    try {
      Store store = owner.getStore(NAMESPACE);
      if (store.get(reserved(key)) == null) {
        reserve(owner, store, List.of(key), spec.need());
      }
      running = make(owner, spec);
      takeMore(owner, running);
      boot(running);
      RunningVm made = running;
      running = null;
      return made;
    } catch (InterruptedException e) {
      throw new BringUpInterrupted(e);
    } catch (IOException e) {
      throw new JavisorException(
          "cannot write the console's file; javisor.console.dir names another folder", e);
    } finally {
      if (running != null) {
        running.close();
      }
    }
  }

  private RunningVm make(ExtensionContext owner, VmSpec spec) throws IOException {
    Optional<String> reason = obstacle.get();
    if (reason.isPresent()) {
      throw new JavisorException(
          reason.get()
              + "; or have such tests skipped: javisor.unavailable=skip (JUnit configuration"
              + " parameter), or @Vm(unavailable = WhenUnavailable.SKIP)",
          null);
    }
    budget.begin();
    try {
      Path console = files.next(owner, spec.label());
      ImageRoot root = null;
      if (!spec.image().isEmpty()) {
        Path printed = files.next(owner, spec.label() + "-program");
        root = ImageRoot.open(Path.of(spec.image()), printed);
      }
      return make(owner, spec, root, console, Files.newOutputStream(console));
    } finally {
      budget.end();
    }
  }

  private RunningVm make(
      ExtensionContext owner,
      VmSpec spec,
      @Nullable ImageRoot root,
      Path console,
      OutputStream output)
      throws IOException {
    boolean made = false;
    try {
      VirtualMachine vm = build(owner, spec, root, output);
      RunningVm running = new RunningVm(spec, vm, root, console, output);
      made = true;
      return running;
    } finally {
      if (!made) {
        output.close();
        if (root != null) {
          root.close();
        }
      }
    }
  }

  /** Takes out of the budget what the setup class asked for beyond what is declared. */
  private void takeMore(ExtensionContext owner, RunningVm running) throws InterruptedException {
    Need more = running.need().beyond(running.spec().need());
    if (!more.isNothing()) {
      budget.checkFits(running.need());
      running.keep(budget.acquire(owner.getUniqueId(), more));
    }
  }

  private void boot(RunningVm running) throws InterruptedException {
    budget.begin();
    try {
      running.vm().boot();
      if (running.spec().defaults()) {
        awaitReady(running);
      }
    } finally {
      budget.end();
    }
  }

  private void awaitReady(RunningVm running) throws InterruptedException {
    try {
      source.awaitReady(running.vm());
      running.startProgram();
    } catch (RuntimeException e) {
      e.addSuppressed(new Reports.GuestLog(running.log()));
      throw e;
    }
  }

  private VirtualMachine build(
      ExtensionContext owner, VmSpec spec, @Nullable ImageRoot root, OutputStream console) {
    VirtualMachine.Builder builder =
        source
            .builder()
            .name(name(owner, spec))
            .cpus(spec.cpus())
            .memory(spec.memory())
            .onReset(OnReset.EXIT)
            .timeoutMultiplier(settings.multiplier())
            .consoleOutput(console);
    GuestKernelUnavailableException noKernel = null;
    if (spec.defaults()) {
      try {
        source.setDefaults(builder, spec.cmdline(), root);
      } catch (GuestKernelUnavailableException e) {
        noKernel = e;
      }
    }
    if (!spec.network().isEmpty()) {
      builder.net(TestNetwork.of(owner, spec.network()).port(spec.name()));
    } else if (spec.defaults()) {
      builder.net(net -> net.user());
    }
    configure(spec, builder);
    return built(builder, noKernel);
  }

  private static VirtualMachine built(
      VirtualMachine.Builder builder, @Nullable GuestKernelUnavailableException noKernel) {
    try {
      return builder.build();
    } catch (InvalidConfigurationException e) {
      // The setup class might have set a kernel of its own.
      if (noKernel != null) {
        noKernel.addSuppressed(e);
        throw noKernel;
      }
      throw e;
    }
  }

  private static void configure(VmSpec spec, VirtualMachine.Builder builder) {
    try {
      spec.setup().configure(builder);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new JavisorException(
          "%s: %s failed: %s".formatted(spec.where(), spec.setup().getClass().getName(), e), e);
    }
  }

  private static String name(ExtensionContext owner, VmSpec spec) {
    return owner
        .getTestClass()
        .map(type -> type.getSimpleName() + "-" + spec.label())
        .orElse(spec.label());
  }

  private static void note(ExtensionContext context, RunningVm running) {
    Queue<RunningVm> used = usedIn(context);
    if (!used.contains(running)) {
      used.add(running);
    }
  }

  /** The machines that this context has used, those around it not included. */
  @SuppressWarnings("unchecked")
  static Queue<RunningVm> usedIn(ExtensionContext context) {
    return (Queue<RunningVm>)
        context
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(
                "used by " + context.getUniqueId(), key -> new ConcurrentLinkedQueue<RunningVm>());
  }
}
