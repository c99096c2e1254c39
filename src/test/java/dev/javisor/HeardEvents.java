package dev.javisor;

import dev.javisor.event.VmEvent;
import dev.javisor.event.VmListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes what a machine tells, in a few words each. */
final class HeardEvents implements VmListener {
  final List<String> texts = new CopyOnWriteArrayList<>();

  @Override
  public void onEvent(VmEvent event) {
    if (event instanceof VmEvent.StateChanged change) {
      texts.add(change.from() + "->" + change.to());
    } else if (event instanceof VmEvent.Rebooted reboot) {
      texts.add(reboot.panic().map(text -> "reboot after " + text).orElse("reboot"));
    } else if (event instanceof VmEvent.Exited exited) {
      texts.add("exit " + exited.exit());
    } else if (event instanceof VmEvent.PanicText panic) {
      texts.add("panic text " + panic.message());
    } else if (event instanceof VmEvent.ConsoleOverflow overflow) {
      texts.add("overflow " + overflow.capacity());
    } else {
      throw new AssertionError(event);
    }
  }
}
