/** The host's side of the guest agent's protocol, held against the real agent and hostile ones. */
@NullMarked
package dev.javisor.internal.agent;

import org.jspecify.annotations.NullMarked;
