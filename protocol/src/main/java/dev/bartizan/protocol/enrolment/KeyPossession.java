// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.enrolment;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.interfaces.ECPublicKey;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a device without a chip can prove: that it holds both keys now. The identity key signs the
 * {@link #statement}; the unwrap key, which cannot sign, agrees with the server's ephemeral key,
 * and the shared secret keys a MAC over the same statement.
 *
 * @param nonce the server's, of this session
 */
public record KeyPossession(Bytes nonce, ECPublicKey identity, ECPublicKey unwrap) {
  private static final String PURPOSE = "bartizan-key-possession/1\0";
  private static final String MAC = "HmacSHA256";

  /** SHA-256 of purpose, nonce and the digests of both keys' SubjectPublicKeyInfo. */
  public Digest statement() {
    MessageDigest sha256 = Digest.sha256();
    sha256.update(PURPOSE.getBytes(StandardCharsets.US_ASCII));
    sha256.update(nonce.asBuffer());
    sha256.update(Digest.of(identity.getEncoded()).value().asBuffer());
    sha256.update(Digest.of(unwrap.getEncoded()).value().asBuffer());
    return Digest.ofValue(sha256.digest());
  }

  /** HMAC-SHA-256 of the statement under {@code shared}. */
  public Bytes proof(SecretBytes shared) {
    return shared.reveal(
        z -> {
          try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(z, MAC));
            return Bytes.of(mac.doFinal(statement().value().toArray()));
          } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has " + MAC, impossible);
          }
        });
  }
}
