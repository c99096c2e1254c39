package dev.javisor.internal.agent;

import static java.util.Objects.requireNonNull;

import dev.javisor.agent.CopyConfig;
import dev.javisor.agent.CopyListener;
import java.time.Duration;

/** What the caller said of a copy. */
final class CopySettings implements CopyConfig {
  private Duration timeout = Duration.ofMinutes(10);
  private long limit = Long.MAX_VALUE;
  private int uid;
  private int gid;
  private boolean follow;
  private CopyListener listener = (entries, bytes) -> {};

  @Override
  public CopyConfig timeout(Duration timeout) {
    this.timeout = Checks.positive(timeout);
    return this;
  }

  @Override
  public CopyConfig limit(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("limit(%d): 0 or more bytes".formatted(bytes));
    }
    limit = bytes;
    return this;
  }

  @Override
  public CopyConfig owner(int uid, int gid) {
    this.uid = uid;
    this.gid = gid;
    return this;
  }

  @Override
  public CopyConfig followSource() {
    follow = true;
    return this;
  }

  @Override
  public CopyConfig listener(CopyListener told) {
    listener = requireNonNull(told, "listener");
    return this;
  }

  CopyListener listener() {
    return listener;
  }

  Duration timeout() {
    return timeout;
  }

  long limit() {
    return limit;
  }

  int uid() {
    return uid;
  }

  int gid() {
    return gid;
  }

  boolean follow() {
    return follow;
  }
}
