/** What can be done in a guest that has Javisor's agent: commands, files, facts and TCP ports. */
@NullMarked
package dev.javisor.agent;

import org.jspecify.annotations.NullMarked;
