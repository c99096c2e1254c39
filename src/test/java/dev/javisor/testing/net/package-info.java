/** Networks as programs of others see them. */
@NullMarked
package dev.javisor.testing.net;

import org.jspecify.annotations.NullMarked;
