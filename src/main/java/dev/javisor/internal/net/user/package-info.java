/**
 * A guest's network in this process, without privileges: the other hosts that the guest sees are
 * played here, and what it sends to the world goes out by ordinary sockets.
 */
@NullMarked
package dev.javisor.internal.net.user;

import org.jspecify.annotations.NullMarked;
