/** What goes wrong, as unchecked exceptions under one root. */
@NullMarked
package dev.javisor.error;

import org.jspecify.annotations.NullMarked;
