/** Unix sockets of the host. */
@NullMarked
package dev.javisor.internal.unix;

import org.jspecify.annotations.NullMarked;
