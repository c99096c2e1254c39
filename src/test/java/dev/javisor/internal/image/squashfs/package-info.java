/** Tests of what squashfs file systems are made of. */
@NullMarked
package dev.javisor.internal.image.squashfs;

import org.jspecify.annotations.NullMarked;
