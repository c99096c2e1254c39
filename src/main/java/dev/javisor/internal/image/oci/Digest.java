package dev.javisor.internal.image.oci;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The name that content has by its own bytes.
 *
 * <p>Source: OCI image specification 1.1 descriptor.md, "Digests".
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex lower-case digits
 */
record Digest(String algorithm, String hex) {
  /**
   * @throws IOException if it is none, or of another algorithm
   */
  static Digest parse(String text) throws IOException {
    if (text.matches("sha256:[0-9a-f]{64}") || text.matches("sha512:[0-9a-f]{128}")) {
      return new Digest(text.substring(0, 6), text.substring(7));
    }
    throw new IOException(
        "'%s' is no digest that is known here"
            .formatted(text.length() > 150 ? text.substring(0, 150) : text));
  }

  static Digest ofSha256(byte[] bytes) {
    MessageDigest sum = sum("sha256");
    return new Digest("sha256", HexFormat.of().formatHex(sum.digest(bytes)));
  }

  /** What makes out such a digest. */
  MessageDigest newSum() {
    return sum(algorithm);
  }

  boolean matches(MessageDigest sum) {
    return HexFormat.of().formatHex(sum.digest()).equals(hex);
  }

  /** Where an OCI layout has its content. */
  String blob() {
    return "blobs/" + algorithm + "/" + hex;
  }

  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }

  private static MessageDigest sum(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm.equals("sha256") ? "SHA-256" : "SHA-512");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256 and SHA-512", e);
    }
  }
}
