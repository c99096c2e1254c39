package dev.javisor.internal.agent;

import java.io.IOException;
import java.nio.channels.Channel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends of channels. */
final class Channels {
  private static final Logger LOG = LoggerFactory.getLogger(Channels.class);

  private Channels() {}

  /** Closes a channel of which nothing is expected any more. */
  static void closeQuietly(@Nullable Channel channel) {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("a connection's close failed", e);
    }
  }
}
