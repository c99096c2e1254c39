/** Decodes the compressed formats of kernels, modules and packages. */
@NullMarked
package dev.javisor.internal.compress;

import org.jspecify.annotations.NullMarked;
