/**
 * Virtio devices: split virtqueues, what a device type implements, and the transport by which a
 * driver reaches it. Knows guest memory and the seams of the bus, never KVM or system calls.
 */
@NullMarked
package dev.javisor.internal.virtio;

import org.jspecify.annotations.NullMarked;
