/** Measures the making of disks. */
@NullMarked
package dev.javisor.bench.image;

import org.jspecify.annotations.NullMarked;
