package dev.javisor.internal.cli;

import dev.javisor.event.VmExit;

/** What the program's exit status says. */
final class ExitStatus {
  /** The guest switched off, or the command did what it should. */
  static final int OK = 0;

  /** The machine could not start, or the host could not run it on. */
  static final int ERROR = 1;

  /** The guest asked for a reset, and the machine was to end then. */
  static final int RESET = 10;

  /** The guest's kernel panicked. */
  static final int PANIC = 11;

  /** The guest triple-faulted. */
  static final int TRIPLE_FAULT = 12;

  /** The command line is wrong: EX_USAGE of sysexits.h. */
  static final int USAGE = 64;

  /** The host lacks something: EX_UNAVAILABLE of sysexits.h. */
  static final int UNAVAILABLE = 69;

  /** The user ended the machine, as a shell reports SIGINT. */
  static final int KILLED = 130;

  private ExitStatus() {}

  static int of(VmExit exit) {
    if (exit instanceof VmExit.PowerOff) {
      return OK;
    }
    if (exit instanceof VmExit.Reset) {
      return RESET;
    }
    if (exit instanceof VmExit.Panic) {
      return PANIC;
    }
    if (exit instanceof VmExit.TripleFault) {
      return TRIPLE_FAULT;
    }
    return exit instanceof VmExit.Killed ? KILLED : ERROR;
  }
}
