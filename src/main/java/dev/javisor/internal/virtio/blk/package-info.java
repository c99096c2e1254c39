/** The virtio disk: virtio 1.3 §5.2. */
@NullMarked
package dev.javisor.internal.virtio.blk;

import org.jspecify.annotations.NullMarked;
