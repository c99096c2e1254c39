/** Connections between a guest's vsock ports and the host's, whatever carries their packets. */
@NullMarked
package dev.javisor.internal.vsock;

import org.jspecify.annotations.NullMarked;
