package dev.javisor.internal.legacy;

import java.util.List;

/** The host's side of the debug port. */
public interface DebugPort extends LegacyDevice<DebugPortState> {
  /** The port's range on its bus, in bytes. */
  int SIZE = 1;

  /** How many codes {@link #recent} holds at most. */
  int RECENT_CODES = 16;

  /** The newest codes, oldest first, from before a reset too. Any thread. */
  List<DebugCode> recent();

  /** How many codes came since the port was made. Any thread. */
  long count();
}
