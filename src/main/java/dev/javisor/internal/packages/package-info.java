/** Fetches packages of Debian and Ubuntu, verified, without installing them. */
@NullMarked
package dev.javisor.internal.packages;

import org.jspecify.annotations.NullMarked;
