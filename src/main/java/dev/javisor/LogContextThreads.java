package dev.javisor;

import dev.javisor.internal.machine.MachineThreads;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Makes a machine's threads by the caller's factory: named, daemons, and with the log context (MDC)
 * of the thread that made this object.
 */
final class LogContextThreads implements MachineThreads {
  private final String vm;
  private final ThreadFactory factory;
  private final @Nullable Map<String, String> context = MDC.getCopyOfContextMap();

  LogContextThreads(String vm, ThreadFactory factory) {
    this.vm = vm;
    this.factory = factory;
  }

  @Override
  public Thread newThread(String role, Runnable body) {
    Thread thread = factory.newThread(() -> runInContext(body));
    if (thread == null) {
      throw new IllegalStateException("the threadFactory made no thread for " + role);
    }
    if (isVirtual(thread)) {
      throw new IllegalStateException(
          "the threadFactory made a virtual thread for "
              + role
              + "; a vCPU would hold its carrier for ever: pass one that makes platform threads");
    }
    thread.setName("javisor-" + vm + "-" + role);
    thread.setDaemon(true);
    return thread;
  }

  private void runInContext(Runnable body) {
    if (context != null) {
      MDC.setContextMap(context);
    }
    body.run();
  }

  /**
   * Asks by reflection: Thread.isVirtual() is younger than JDK 17. The thread group tells nothing,
   * as platform threads that a virtual thread makes are in the virtual threads' group too.
   */
  private static boolean isVirtual(Thread thread) {
    try {
      return (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
    } catch (NoSuchMethodException e) {
      return false;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Thread.isVirtual() cannot be called", e);
    }
  }
}
