package dev.javisor.internal.machine;

/**
 * Why this host cannot do something.
 *
 * @param reason what is wrong, a sentence without full stop
 * @param fix what the user can do about it, a sentence without full stop
 */
public record HostProblem(String reason, String fix) {}
