/** Reads tar archives, which may be hostile. */
@NullMarked
package dev.javisor.internal.image.tar;

import org.jspecify.annotations.NullMarked;
