/**
 * Small bare-metal guests for tests: an assembler to write them with, and machines to run them on,
 * either through all of Javisor ({@link dev.javisor.testing.microguest.MicroMachine}) or straight
 * on KVM ({@link dev.javisor.testing.microguest.BareMachine}).
 */
@NullMarked
package dev.javisor.testing.microguest;

import org.jspecify.annotations.NullMarked;
