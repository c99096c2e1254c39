/** Trees of files in memory, their content in a file of blocks; made from folders and archives. */
@NullMarked
package dev.javisor.internal.image.tree;

import org.jspecify.annotations.NullMarked;
