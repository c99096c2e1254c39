/** The guest's RAM, by guest physical address. */
@NullMarked
package dev.javisor.internal.memory;

import org.jspecify.annotations.NullMarked;
