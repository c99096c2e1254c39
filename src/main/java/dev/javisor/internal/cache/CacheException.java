package dev.javisor.internal.cache;

import java.io.IOException;

/** The cache itself cannot be read, written or locked, or what it holds cannot be made whole. */
public final class CacheException extends IOException {
  private static final long serialVersionUID = 1L;

  CacheException(String message) {
    super(message);
  }

  CacheException(String message, Throwable cause) {
    super(message, cause);
  }
}
