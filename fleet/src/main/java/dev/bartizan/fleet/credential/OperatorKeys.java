// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.credential;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.protocol.jws.SoftwareSigner;
import dev.bartizan.protocol.jws.StatementKey;
import dev.bartizan.protocol.jws.StatementSigner;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;

/**
 * The keys the operator's statements are signed with: {@link #COMMAND} and {@link #VERIFIER}. Each
 * is an ECDSA P-256 pair in {@code NAME.key} (PKCS #8, mode 0600) and {@code NAME.pub}.
 */
public final class OperatorKeys {
  /** Signs commands to devices; the {@code policy} role must authorise it. */
  public static final String COMMAND = "keys/command";

  /** Signs attestation results. */
  public static final String VERIFIER = "keys/verifier";

  private static final int MAX_LENGTH = 16 * 1024;

  private final SharedDirectory directory;

  public OperatorKeys(SharedDirectory directory) {
    this.directory = directory;
  }

  /** Makes and stores a new pair; returns its public half. Replaces what had the name. */
  public StatementKey create(String name, SecureRandom random) throws IOException {
    KeyPair pair = p256(random);
    directory.writePrivate(name + ".key", ascii(Pem.ofPrivateKey(pair.getPrivate())));
    directory.write(name + ".pub", ascii(Pem.ofPublicKey(pair.getPublic())));
    return StatementKey.of(pair.getPublic());
  }

  /** The signer of a stored pair. */
  public StatementSigner signer(String name) throws IOException, Malformed {
    String secret = directory.path(name + ".key").toString();
    PrivateKey key = Pem.privateKey(text(name + ".key"), secret);
    return new SoftwareSigner(publicKey(name).key(), key);
  }

  /** Whether there is such a pair; a copy of the directory for verification only has none. */
  public boolean has(String name) throws IOException {
    return directory.find(name + ".key", MAX_LENGTH).isPresent();
  }

  /** The public half of a stored pair. */
  public StatementKey publicKey(String name) throws IOException, Malformed {
    return StatementKey.of(
        Pem.publicKey(text(name + ".pub"), directory.path(name + ".pub").toString()));
  }

  /** A new pair of keys on P-256. */
  public static KeyPair p256(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException impossible) {
      throw new IllegalStateException("every Java platform has P-256", impossible);
    }
  }

  private String text(String name) throws IOException {
    return new String(directory.read(name, MAX_LENGTH), StandardCharsets.US_ASCII);
  }

  private static byte[] ascii(String pem) {
    return pem.getBytes(StandardCharsets.US_ASCII);
  }
}
