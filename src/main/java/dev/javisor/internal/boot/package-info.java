/**
 * Reads kernels, checks that they fit, and puts them into guest RAM with what they expect there.
 */
@NullMarked
package dev.javisor.internal.boot;

import org.jspecify.annotations.NullMarked;
