/**
 * Virtual machines that run inside this JVM. Start at {@link dev.javisor.VirtualMachine#builder},
 * and at {@link dev.javisor.Hypervisor#probe} where it is not known whether this host can run any.
 */
@NullMarked
package dev.javisor;

import org.jspecify.annotations.NullMarked;
