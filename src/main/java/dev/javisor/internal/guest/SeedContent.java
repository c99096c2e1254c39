package dev.javisor.internal.guest;

/** A disk that is a cloud-init seed, for who wants to know what it has. */
public interface SeedContent {
  /** Whether the guest starts an agent from it. */
  boolean carriesAgent();
}
