/** Writes ext4 file systems. */
@NullMarked
package dev.javisor.internal.image.ext4;

import org.jspecify.annotations.NullMarked;
