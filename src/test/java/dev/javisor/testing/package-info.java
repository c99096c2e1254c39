/** What tests of all packages use. */
@NullMarked
package dev.javisor.testing;

import org.jspecify.annotations.NullMarked;
