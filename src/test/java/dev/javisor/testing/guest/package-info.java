/** Made-up packages, archives, kernels and modules, for tests. */
@NullMarked
package dev.javisor.testing.guest;

import org.jspecify.annotations.NullMarked;
