/**
 * Virtual machines for tests with JUnit Jupiter, 5.10 or newer: {@link dev.javisor.junit.Vm} and
 * {@link dev.javisor.junit.VmExtension}. Jupiter is the user's; Javisor does not bring it.
 */
@NullMarked
package dev.javisor.junit;

import org.jspecify.annotations.NullMarked;
