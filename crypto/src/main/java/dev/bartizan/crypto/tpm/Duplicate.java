// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Sealed bytes made outside a TPM, for one storage key: the arguments of TPM2_Import.
 *
 * @param publicArea of the sealed object; its policy says what opens it
 * @param duplicate TPM2B_PRIVATE content, for the storage key alone
 * @param encryptedSeed TPM2B_ENCRYPTED_SECRET content
 */
public record Duplicate(TpmPublic publicArea, Bytes duplicate, Bytes encryptedSeed) {
  private static final String LABEL = "DUPLICATE";

  /**
   * Seals {@code secret} so that only the TPM with {@code parent} can take it in, and nothing but
   * {@code policy} opens it there. Nobody needs that TPM for it.
   *
   * @param parent a storage key that somebody vouches for
   * @param secret at most 128 bytes; not consumed
   * @throws TpmRefusal when {@code parent} is no storage key
   */
  public static Duplicate seal(
      TpmPublic parent, PolicyDigest policy, SecretBytes secret, SecureRandom random)
      throws TpmRefusal {
    byte[] obfuscation = new byte[TpmHash.SHA256.size()];
    random.nextBytes(obfuscation);
    TpmKdf.SharedSeed shared = OuterWrap.seedFor(parent, LABEL, random);
    Duplicate sealed = secret.reveal(plain -> seal(parent, policy, plain, obfuscation, shared));
    Arrays.fill(shared.seed, (byte) 0);
    Arrays.fill(obfuscation, (byte) 0);
    return sealed;
  }

  private static Duplicate seal(
      TpmPublic parent,
      PolicyDigest policy,
      byte[] plain,
      byte[] obfuscation,
      TpmKdf.SharedSeed shared) {
    Bytes commitment = Bytes.of(TpmHash.SHA256.digest(obfuscation, plain));
    TpmPublic publicArea = KeyTemplates.imported(policy, commitment);
    TpmWriter sensitive = new TpmWriter().u16(SealedParameters.TYPE).u16(0);
    byte[] content = sensitive.sized(obfuscation).sized(plain).takeAndWipe();
    byte[] framed = new TpmWriter().sized(content).takeAndWipe();
    Arrays.fill(content, (byte) 0);
    Bytes wrapped = OuterWrap.protect(framed, shared.seed, parent, publicArea.name());
    return new Duplicate(publicArea, wrapped, Bytes.of(shared.encrypted));
  }
}
