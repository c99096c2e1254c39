/**
 * The composition root: builds machines out of memory, vCPUs and devices, and runs them. The facade
 * knows them as {@link dev.javisor.internal.machine.Machine}.
 */
@NullMarked
package dev.javisor.internal.machine;

import org.jspecify.annotations.NullMarked;
