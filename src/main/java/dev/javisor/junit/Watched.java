package dev.javisor.junit;

import dev.javisor.VirtualMachine;
import dev.javisor.agent.Agent;
import dev.javisor.agent.Command;
import dev.javisor.agent.ExecResult;
import dev.javisor.agent.GuestProcess;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A machine, its agent and its commands as they are, but that the commands are logged. A proxy, for
 * these interfaces grow.
 */
final class Watched implements InvocationHandler {
  private final Object target;
  private final ExecLog log;
  private final List<String> argv;

  private Watched(Object target, ExecLog log, List<String> argv) {
    this.target = target;
    this.log = log;
    this.argv = argv;
  }

  /** The machine, with a log of its commands. */
  static VirtualMachine vm(VirtualMachine vm, ExecLog log) {
    return proxy(VirtualMachine.class, new Watched(vm, log, List.of()));
  }

  private static <T> T proxy(Class<T> type, Watched handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getName().equals("equals") && arguments != null && arguments.length == 1) {
      return proxy == arguments[0];
    }
    List<String> command = argv(arguments);
    Object result;
    try {
      result = method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (runs(method)) {
        log.add(command + ": " + e.getCause());
      }
      throw e.getCause();
    }
    return result == target ? proxy : watched(result, command);
  }

  private static boolean runs(Method method) {
    return method.getReturnType() == ExecResult.class
        || method.getReturnType() == GuestProcess.class;
  }

  private List<String> argv(Object @Nullable [] arguments) {
    return arguments != null && arguments.length == 1 && arguments[0] instanceof String[] given
        ? List.of(given)
        : argv;
  }

  private @Nullable Object watched(@Nullable Object result, List<String> command) {
    if (result instanceof Agent agent) {
      return proxy(Agent.class, new Watched(agent, log, command));
    }
    if (result instanceof Command builder) {
      return proxy(Command.class, new Watched(builder, log, command));
    }
    if (result instanceof ExecResult ended) {
      log.add(ended.toString());
    } else if (result instanceof GuestProcess process) {
      log.add("%s: started as process %d".formatted(command, process.pid()));
      process
          .exit()
          .whenComplete((status, lost) -> log.add(command + ": " + (lost != null ? lost : status)));
    }
    return result;
  }
}
