// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Encrypts a secret so that only the TPM with a given endorsement key can read it, and only while a
 * key with a given name is loaded in it (TPM2_MakeCredential in software; part 1, 24).
 *
 * <p>For the enrolment server: whoever returns the secret has that key in that chip. Takes RSA and
 * elliptic curve endorsement keys.
 */
public final class MakeCredential {
  private static final String LABEL = "IDENTITY";

  private final SecureRandom random;

  public MakeCredential(SecureRandom random) {
    this.random = random;
  }

  /**
   * @param endorsement the endorsement key, already vouched for by its certificate
   * @param name of the key whose presence is to be proved
   * @param secret at most as long as a digest of the endorsement key's name hash; not consumed
   * @throws TpmRefusal when {@code endorsement} is no storage key such a secret can be sent to
   */
  public Credential challenge(TpmPublic endorsement, TpmName name, SecretBytes secret)
      throws TpmRefusal {
    TpmHash hash = endorsement.nameHash();
    if (secret.length() > hash.size()) {
      throw new IllegalArgumentException("a credential secret of " + secret.length() + " bytes");
    }
    TpmKdf.SharedSeed shared = OuterWrap.seedFor(endorsement, LABEL, random);
    Bytes blob =
        secret.reveal(
            plain -> {
              byte[] framed = new TpmWriter().sized(plain).takeAndWipe();
              return OuterWrap.protect(framed, shared.seed, endorsement, name);
            });
    Arrays.fill(shared.seed, (byte) 0);
    return new Credential(blob, Bytes.of(shared.encrypted));
  }
}
