package dev.javisor.internal.packages;

import java.io.IOException;
import java.nio.file.Path;

/** Checks the signature of a file that carries its own (OpenPGP cleartext signature). */
interface SignatureCheck {
  /**
   * Checks a file.
   *
   * @param keyring the keys to trust
   * @param work a folder for files that are needed meanwhile
   * @return exactly the text that is signed
   * @throws IOException if the file is not signed by one of the keys
   */
  String signedText(Path file, Path keyring, Path work) throws IOException;
}
