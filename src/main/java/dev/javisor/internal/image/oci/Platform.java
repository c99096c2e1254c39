package dev.javisor.internal.image.oci;

/** The machines that images are for. */
final class Platform {
  static final String OS = "linux";
  static final String ARCHITECTURE = "amd64";

  private Platform() {}
}
