/** Makes disks and initial file systems from trees of files, and keeps them. */
@NullMarked
package dev.javisor.internal.image;

import org.jspecify.annotations.NullMarked;
