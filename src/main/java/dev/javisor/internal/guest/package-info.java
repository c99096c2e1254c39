/** Takes kernels and modules apart, and writes initial file systems. */
@NullMarked
package dev.javisor.internal.guest;

import org.jspecify.annotations.NullMarked;
