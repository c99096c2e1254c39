package consumer;

/** A consumer without modules. */
public final class Main {
  private Main() {}

  /** Ends with a stack trace if something is wrong. */
  public static void main(String[] args) throws Exception {
    Consumer.useJavisor();
    Consumer.check(!dev.javisor.VirtualMachine.class.getModule().isNamed(), "a named module");
  }
}
