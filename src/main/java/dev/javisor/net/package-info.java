/** Networks that machines of this JVM share. */
@NullMarked
package dev.javisor.net;

import org.jspecify.annotations.NullMarked;
