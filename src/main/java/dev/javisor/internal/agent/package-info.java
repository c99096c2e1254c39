/** The host's side of the guest agent's protocol, over connections that somebody else makes. */
@NullMarked
package dev.javisor.internal.agent;

import org.jspecify.annotations.NullMarked;
