/** Networks without any machine: their host's side, and Java code in the guest's place. */
@NullMarked
package dev.javisor.bench.network;

import org.jspecify.annotations.NullMarked;
