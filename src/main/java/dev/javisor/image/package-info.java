/** Root file systems and container images: disks for guests, made without root. */
@NullMarked
package dev.javisor.image;

import org.jspecify.annotations.NullMarked;
