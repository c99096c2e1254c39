/** Keeps folders of fetched files, checksummed and shared by processes. */
@NullMarked
package dev.javisor.internal.cache;

import org.jspecify.annotations.NullMarked;
