package dev.javisor.internal.x86;

/**
 * The floating-point unit that every vCPU starts with: all exceptions masked, as Linux expects it.
 * Everything else in it is 0.
 *
 * <p>Source: SDM Vol 1, "x87 FPU Control Word", "MXCSR Control and Status Register".
 */
public final class InitialFpu {
  /** The x87 control word. */
  public static final int CONTROL_WORD = 0x37f;

  /** The SSE control and status register. */
  public static final int MXCSR = 0x1f80;

  private InitialFpu() {}
}
