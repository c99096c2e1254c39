package dev.javisor.internal.packages;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where to take packages from.
 *
 * @param distribution whose packages
 * @param architecture as the distribution calls it, such as {@code amd64}
 * @param suite the release, such as {@code bookworm}; empty for the machine's own
 * @param mirror the archive's address; empty for the machine's own
 * @param keyring the keys that sign the archive; empty for the installed ones
 */
public record FetchSpec(
    Distribution distribution,
    String architecture,
    Optional<String> suite,
    Optional<URI> mirror,
    Optional<Path> keyring) {}
