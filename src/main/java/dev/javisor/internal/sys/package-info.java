/**
 * The host's system calls. The only package that touches native code, and the only one that imports
 * JNA.
 *
 * <p>Source of the calls' meaning: the Linux man pages, section 2; numbers and structures: the
 * kernel's uapi headers.
 */
@NullMarked
package dev.javisor.internal.sys;

import org.jspecify.annotations.NullMarked;
