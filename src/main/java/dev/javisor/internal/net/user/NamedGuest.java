package dev.javisor.internal.net.user;

/**
 * One of the guests that share a network.
 *
 * @param name what the others call it
 * @param number from 0 on; its IPv4 address goes by it
 */
public record NamedGuest(String name, int number) {}
