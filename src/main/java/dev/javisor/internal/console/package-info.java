/**
 * The console's host side: keeps what the guest writes within a bound, hands it to consumers, and
 * feeds what the host types. Never makes a vCPU wait.
 */
@NullMarked
package dev.javisor.internal.console;

import org.jspecify.annotations.NullMarked;
