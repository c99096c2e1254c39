/**
 * Runs one tag's tests outside of Maven, in one or several JVMs on different machines, and proves
 * afterwards that every one of them ran.
 */
@NullMarked
package dev.javisor.testing.suite;

import org.jspecify.annotations.NullMarked;
