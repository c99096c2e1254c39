/** What the builder's methods take. */
@NullMarked
package dev.javisor.config;

import org.jspecify.annotations.NullMarked;
