/**
 * Measurements of whole Linux guests, which need a KVM that runs a stock kernel: the lab's does.
 */
@NullMarked
package dev.javisor.bench.guest;

import org.jspecify.annotations.NullMarked;
