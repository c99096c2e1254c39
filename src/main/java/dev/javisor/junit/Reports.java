package dev.javisor.junit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store;

/** Shows in a failed test's report what its machines did. */
final class Reports {
  private Reports() {}

  /** What a guest showed; goes along with a test's failure. Has no stack. */
  static final class GuestLog extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GuestLog(String message) {
      super(message, null, false, false);
    }

    /** Without the class's name. */
    @Override
    public String toString() {
      return String.valueOf(getMessage());
    }
  }

  /** Reports a failure, once, if there is one. */
  static void report(ExtensionContext context) {
    Throwable failure = context.getExecutionException().orElse(null);
    Store store = context.getStore(Machines.NAMESPACE);
    Object once = "reported " + context.getUniqueId();
    if (failure == null || store.get(once) != null) {
      return;
    }
    store.put(once, true);
    for (RunningVm running : used(context)) {
      failure.addSuppressed(new GuestLog(running.log()));
      context.publishReportEntry(entries(running));
    }
  }

  private static Map<String, String> entries(RunningVm running) {
    Map<String, String> entries = new LinkedHashMap<>();
    String name = running.vm().name();
    entries.put("javisor.console.file." + name, running.console().toString());
    entries.put("javisor.console." + name, unlessBlank(running.consoleTail()));
    entries.put("javisor.commands." + name, unlessBlank(running.commands()));
    return entries;
  }

  /** JUnit takes no blank values. */
  private static String unlessBlank(String text) {
    return text.isBlank() ? "(nothing)" : text;
  }

  /** The machines of this context and of those around it. */
  private static Set<RunningVm> used(ExtensionContext context) {
    List<RunningVm> all = new ArrayList<>(Machines.usedIn(context));
    context.getParent().ifPresent(parent -> all.addAll(used(parent)));
    return new LinkedHashSet<>(all);
  }
}
