/**
 * Decodes the compressed formats of kernels, modules and packages: by the JDK, Commons Compress and
 * XZ, but for Zstandard, whose decoder is written here. Those in libraries are native code, call
 * sun.misc.Unsafe, of which newer JDKs warn, or need a newer JDK than 17.
 */
@NullMarked
package dev.javisor.internal.compress;

import org.jspecify.annotations.NullMarked;
