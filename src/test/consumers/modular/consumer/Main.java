package consumer;

import java.util.List;

/** A consumer that is a module. */
public final class Main {
  private Main() {}

  /** Ends with a stack trace if something is wrong. */
  public static void main(String[] args) throws Exception {
    Consumer.useJavisor();
    Module javisor = dev.javisor.VirtualMachine.class.getModule();
    Consumer.check("dev.javisor".equals(javisor.getName()), "module " + javisor);
    Module self = Main.class.getModule();
    List<String> open =
        javisor.getPackages().stream()
            .filter(name -> name.startsWith("dev.javisor.internal."))
            .filter(name -> javisor.isExported(name, self) || javisor.isOpen(name, self))
            .toList();
    Consumer.check(open.isEmpty(), "internal packages that others can use: " + open);
  }
}
