/**
 * A writer of ACPI Machine Language: terms that are put together as in ASL and encode themselves.
 * Knows no machine.
 */
@NullMarked
package dev.javisor.internal.acpi.aml;

import org.jspecify.annotations.NullMarked;
