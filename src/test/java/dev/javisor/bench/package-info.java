/** Measures Javisor beside programs that do the same without Java: {@code ./javisor bench}. */
@NullMarked
package dev.javisor.bench;

import org.jspecify.annotations.NullMarked;
