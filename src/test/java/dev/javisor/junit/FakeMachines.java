package dev.javisor.junit;

import dev.javisor.Console;
import dev.javisor.VirtualMachine;
import dev.javisor.agent.Agent;
import dev.javisor.agent.Command;
import dev.javisor.agent.ExecResult;
import dev.javisor.agent.ExitStatus;
import dev.javisor.agent.GuestProcess;
import dev.javisor.event.VmState;
import dev.javisor.internal.config.MachineSize;
import dev.javisor.internal.config.MemorySize;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Machines that exist in name only; counts them. Threading: any thread. */
final class FakeMachines implements MachineSource {
  private final List<Made> made = new CopyOnWriteArrayList<>();
  private final List<String> ready = new CopyOnWriteArrayList<>();
  private volatile @Nullable String obstacle;
  private volatile @Nullable RuntimeException notReady;
  private int cpusNow;
  private int cpusMost;

  /** No machine can run Linux here. */
  FakeMachines without(String reason) {
    obstacle = reason;
    return this;
  }

  /** Guests never get ready. */
  FakeMachines neverReady(RuntimeException failure) {
    notReady = failure;
    return this;
  }

  /** All that were built. */
  List<Made> made() {
    return made;
  }

  /** The names of those that were waited for. */
  List<String> ready() {
    return ready;
  }

  /** How many are neither closed nor were never booted. */
  long running() {
    return made.stream().filter(machine -> machine.state == VmState.RUNNING).count();
  }

  /** The most vCPUs that there were at a time. */
  synchronized int mostCpus() {
    return cpusMost;
  }

  private synchronized void count(int cpus) {
    cpusNow += cpus;
    cpusMost = Math.max(cpusMost, cpusNow);
  }

  @Override
  public Optional<String> obstacle() {
    return Optional.ofNullable(obstacle);
  }

  @Override
  public VirtualMachine.Builder builder() {
    return fake(VirtualMachine.Builder.class, new Description());
  }

  @Override
  public void setDefaults(VirtualMachine.Builder builder, String words, @Nullable ImageRoot root) {
    builder.cmdline("default " + words);
    if (root != null) {
      builder.disk(root.disk());
    }
  }

  @Override
  public void awaitReady(VirtualMachine vm) {
    RuntimeException failure = notReady;
    if (failure != null) {
      throw failure;
    }
    ready.add(vm.name());
  }

  private static <T> T fake(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /** Keeps the first argument of each call, by the method's name. */
  private final class Description implements InvocationHandler {
    private final Map<String, Object> set = new ConcurrentHashMap<>();

    @Override
    public Object invoke(Object proxy, Method method, Object @Nullable [] arguments) {
      if (method.getName().equals("build")) {
        Made machine = new Made(Map.copyOf(set));
        made.add(machine);
        return Proxy.newProxyInstance(
            VirtualMachine.class.getClassLoader(),
            new Class<?>[] {VirtualMachine.class, MachineSize.class},
            machine);
      }
      if (arguments == null) {
        set.put(method.getName(), true);
      } else {
        set.put(method.getName(), arguments[0]);
      }
      return proxy;
    }
  }

  /** One machine. */
  final class Made implements InvocationHandler {
    private final Map<String, Object> set;
    private final List<String> output = new ArrayList<>();
    private volatile VmState state = VmState.CREATED;

    private Made(Map<String, Object> set) {
      this.set = set;
    }

    /** What the builder's method of this name was told, if it was called. */
    @Nullable Object told(String method) {
      return set.get(method);
    }

    String name() {
      return String.valueOf(told("name"));
    }

    VmState state() {
      return state;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) {
      return switch (method.getName()) {
        case "name", "toString" -> name();
        case "hashCode" -> System.identityHashCode(this);
        case "state" -> state;
        case "vcpuCount" -> told("cpus");
        case "ramBytes" -> MemorySize.parse(String.valueOf(told("memory")));
        case "boot" -> boot(proxy);
        case "console" -> fake(Console.class, this::console);
        case "agent" -> fake(Agent.class, this::agent);
        case "exec" -> result((String[]) arguments[0]);
        case "close" -> close();
        default -> throw new UnsupportedOperationException(method.toString());
      };
    }

    private Object console(Object proxy, Method method, Object @Nullable [] arguments) {
      return String.join("", output);
    }

    private Object agent(Object proxy, Method method, Object @Nullable [] arguments) {
      String[] argv = (String[]) arguments[0];
      return method.getName().equals("exec")
          ? result(argv)
          : fake(Command.class, (command, called, with) -> command(command, called, argv));
    }

    private static Object command(Object command, Method method, String[] argv) {
      return switch (method.getName()) {
        case "run" -> result(argv);
        case "start" -> start(argv);
        default -> command;
      };
    }

    /** A program that the test names a path of runs for ever. */
    private static Object start(String[] argv) {
      if (!argv[0].startsWith("/")) {
        throw new IllegalStateException("no such program");
      }
      byte[] printed = String.join(" ", argv).getBytes(StandardCharsets.UTF_8);
      return fake(
          GuestProcess.class,
          (process, called, with) ->
              switch (called.getName()) {
                case "stdout" -> new ByteArrayInputStream(printed);
                case "exit" -> new CompletableFuture<ExitStatus>();
                case "pid" -> 1L;
                default -> throw new UnsupportedOperationException(called.toString());
              });
    }

    /** Every command prints its name and fails. */
    private static ExecResult result(String[] argv) {
      return new ExecResult(
          List.of(argv),
          new ExitStatus.Exited(3),
          ("I am " + argv[0]).getBytes(StandardCharsets.UTF_8),
          new byte[0],
          Duration.ofMillis(1));
    }

    private Object boot(Object proxy) {
      state = VmState.RUNNING;
      count((Integer) told("cpus"));
      String text = "console of " + name() + "\n";
      output.add(text);
      try {
        ((OutputStream) told("consoleOutput")).write(text.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return proxy;
    }

    private @Nullable Object close() {
      if (state == VmState.RUNNING) {
        count(-(Integer) told("cpus"));
      }
      state = VmState.CLOSED;
      return null;
    }
  }
}
