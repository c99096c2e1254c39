/** The network device: virtio 1.3 §5.1. */
@NullMarked
package dev.javisor.internal.virtio.net;

import org.jspecify.annotations.NullMarked;
