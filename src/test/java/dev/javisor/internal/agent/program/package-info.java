/**
 * The guest agent's program, driven over a Unix socket on this machine from the host's side of its
 * protocol.
 */
@NullMarked
package dev.javisor.internal.agent.program;

import org.jspecify.annotations.NullMarked;
