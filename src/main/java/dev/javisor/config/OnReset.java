package dev.javisor.config;

/**
 * What a guest's wish to be reset leads to. A host's own {@code reset()} always reboots.
 *
 * <pre>{@code
 * builder.onReset(OnReset.EXIT).cmdline("console=ttyS0 panic=-1"); // for tests
 * }</pre>
 */
public enum OnReset {
  /** The guest starts anew, as on a real machine. */
  REBOOT,
  /** The machine ends: with a panic if the guest's kernel reported one, else with a reset. */
  EXIT
}
