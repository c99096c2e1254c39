/** What the public builder's values are checked with. */
@NullMarked
package dev.javisor.internal.config;

import org.jspecify.annotations.NullMarked;
