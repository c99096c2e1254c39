package dev.javisor.internal.legacy;

/**
 * The debug console that firmware prints to, known from Bochs and QEMU (PIO 0xE9): writes go to the
 * sink, and a read tells that the console is there.
 *
 * <p>Spec: none; Bochs user manual, "port_e9_hack".
 *
 * <p>Not modelled: input, of which there is none; nor can it be turned off, as in Bochs.
 *
 * <p>Threading: any vCPU thread; {@code this} keeps the sink's calls apart.
 */
final class DebugConsole extends ByteRegisters implements LegacyDevice<NoState> {
  private static final int PRESENT = 0xe9;

  private final String id;
  private final ByteSink output;

  DebugConsole(String id, ByteSink output) {
    super(LegacyDevices.DEBUG_CONSOLE_SIZE);
    this.id = id;
    this.output = output;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  int readByte(int offset) {
    return PRESENT;
  }

  @Override
  synchronized void writeByte(int offset, int value) {
    output.write((byte) value);
  }

  @Override
  public void reset() {}

  @Override
  public NoState save() {
    return new NoState(NoState.VERSION);
  }

  @Override
  public void restore(NoState state) {
    StateCheck.version(state, NoState.VERSION);
  }
}
