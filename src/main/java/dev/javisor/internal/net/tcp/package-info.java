/**
 * TCP (RFC 9293) as the host side of a guest's network: segments in, segments out, no sockets, no
 * threads, no clock of its own. {@link dev.javisor.internal.net.tcp.TcpStack} is the way in.
 */
@NullMarked
package dev.javisor.internal.net.tcp;

import org.jspecify.annotations.NullMarked;
