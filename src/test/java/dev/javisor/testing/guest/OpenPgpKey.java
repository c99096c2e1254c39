package dev.javisor.testing.guest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;

/** An RSA key that signs as an archive's key does (RFC 4880), so that no test needs gpg. */
public final class OpenPgpKey {
  private static final int CREATED = 1_700_000_000;
  private static final int CERTIFICATION = 0x13;
  private static final int TEXT = 0x01;
  private static final String USER = "Test Archive <test@example.org>";

  private final KeyPair pair;
  private final byte[] body;

  private OpenPgpKey(KeyPair pair) {
    this.pair = pair;
    RSAPublicKey key = (RSAPublicKey) pair.getPublic();
    this.body =
        concat(
            new byte[] {4},
            number(CREATED, 4),
            new byte[] {1},
            integer(key.getModulus().toByteArray()),
            integer(key.getPublicExponent().toByteArray()));
  }

  /** Makes a new key. */
  public static OpenPgpKey generate() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return new OpenPgpKey(generator.generateKeyPair());
  }

  /** The public key as a keyring file has it. */
  public byte[] keyring() throws GeneralSecurityException {
    byte[] user = USER.getBytes(StandardCharsets.UTF_8);
    byte[] certified =
        concat(
            new byte[] {(byte) 0x99},
            number(body.length, 2),
            body,
            new byte[] {(byte) 0xb4},
            number(user.length, 4),
            user);
    return concat(
        packet(6, body), packet(13, user), packet(2, signature(CERTIFICATION, certified)));
  }

  /** A text with its signature, as an InRelease file has them. */
  public String clearsign(String text) throws GeneralSecurityException {
    String stripped = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    byte[] canonical = stripped.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    byte[] packet = packet(2, signature(TEXT, canonical));
    String escaped =
        stripped
            .lines()
            .map(l -> l.startsWith("-") ? "- " + l : l)
            .collect(Collectors.joining("\n"));
    return "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
        + escaped
        + "\n-----BEGIN PGP SIGNATURE-----\n\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(packet)
        + "\n="
        + Base64.getEncoder().encodeToString(number(crc24(packet), 3))
        + "\n-----END PGP SIGNATURE-----\n";
  }

  private byte[] signature(int type, byte[] signed) throws GeneralSecurityException {
    byte[] flags = {2, 27, 3};
    byte[] hashed =
        concat(new byte[] {5, 2}, number(CREATED, 4), type == CERTIFICATION ? flags : new byte[0]);
    byte[] unhashed = concat(new byte[] {9, 16}, keyId());
    byte[] head = concat(new byte[] {4, (byte) type, 1, 8}, number(hashed.length, 2), hashed);
    byte[] all = concat(signed, head, new byte[] {4, (byte) 0xff}, number(head.length, 4));
    Signature rsa = Signature.getInstance("SHA256withRSA");
    rsa.initSign(pair.getPrivate());
    rsa.update(all);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(all);
    return concat(
        head, number(unhashed.length, 2), unhashed, Arrays.copyOf(digest, 2), integer(rsa.sign()));
  }

  private byte[] keyId() throws GeneralSecurityException {
    byte[] fingerprint =
        MessageDigest.getInstance("SHA-1")
            .digest(concat(new byte[] {(byte) 0x99}, number(body.length, 2), body));
    return Arrays.copyOfRange(fingerprint, 12, 20);
  }

  private static byte[] packet(int tag, byte[] content) {
    return concat(
        new byte[] {(byte) (0xc0 | tag), (byte) 0xff}, number(content.length, 4), content);
  }

  private static byte[] integer(byte[] bigEndian) {
    int zeros = 0;
    while (bigEndian[zeros] == 0) {
      zeros++;
    }
    byte[] plain = Arrays.copyOfRange(bigEndian, zeros, bigEndian.length);
    int bits = plain.length * 8 - Integer.numberOfLeadingZeros(plain[0] & 0xff) + 24;
    return concat(number(bits, 2), plain);
  }

  private static byte[] number(long value, int length) {
    byte[] all = ByteBuffer.allocate(8).putLong(value).array();
    return Arrays.copyOfRange(all, 8 - length, 8);
  }

  private static int crc24(byte[] bytes) {
    int crc = 0xb704ce;
    for (byte b : bytes) {
      crc ^= (b & 0xff) << 16;
      for (int i = 0; i < 8; i++) {
        crc <<= 1;
        if ((crc & 0x1000000) != 0) {
          crc ^= 0x1864cfb;
        }
      }
    }
    return crc & 0xffffff;
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
