/** Kernels, tools and initial file systems for guests. */
@NullMarked
package dev.javisor.guest;

import org.jspecify.annotations.NullMarked;
