/** The x86-64 processor and platform as Javisor's guests find them. Pure values and rules. */
@NullMarked
package dev.javisor.internal.x86;

import org.jspecify.annotations.NullMarked;
