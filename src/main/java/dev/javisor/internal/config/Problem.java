package dev.javisor.internal.config;

import dev.javisor.error.ConfigurationProblem;

/** A {@link ConfigurationProblem} as a value. */
public record Problem(String field, String value, String hint) implements ConfigurationProblem {}
