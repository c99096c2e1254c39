/**
 * Javisor's command line: a program on top of the public packages, and their only user in here.
 * Needs picocli on the class path.
 */
@NullMarked
package dev.javisor.internal.cli;

import org.jspecify.annotations.NullMarked;
