/** The virtio socket device. */
@NullMarked
package dev.javisor.internal.virtio.vsock;

import org.jspecify.annotations.NullMarked;
