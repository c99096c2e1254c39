/** The way of other processes of the host to a guest's vsock ports: a Unix socket. */
@NullMarked
package dev.javisor.internal.vsock.unix;

import org.jspecify.annotations.NullMarked;
