package dev.javisor.config;

/**
 * What happens when guest RAM cannot fit into what the host, or the control group that the JVM runs
 * in, has left. Guest RAM counts against that group, and a guest that fills it gets the whole JVM
 * killed.
 *
 * <pre>{@code
 * builder.memory("2G").memoryFit(MemoryFit.REFUSE); // build() throws, and nothing is killed later
 * }</pre>
 */
public enum MemoryFit {
  /** A warning is logged: guests seldom touch all of their RAM, and pages come as they do. */
  WARN,
  /** {@code build()} reports it as a mistake. */
  REFUSE
}
