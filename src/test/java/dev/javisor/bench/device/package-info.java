/** Measures devices: a micro-guest drives them by polling, on Javisor and on its peers. */
@NullMarked
package dev.javisor.bench.device;

import org.jspecify.annotations.NullMarked;
