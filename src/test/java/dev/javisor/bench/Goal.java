package dev.javisor.bench;

/** What was to be reached, and whether it was. */
public record Goal(String text, boolean met) {}
