/** What IPv4, IPv6 and the protocols above them share. No state, no sockets. */
@NullMarked
package dev.javisor.internal.net.ip;

import org.jspecify.annotations.NullMarked;
