/** Writes squashfs file systems. */
@NullMarked
package dev.javisor.internal.image.squashfs;

import org.jspecify.annotations.NullMarked;
