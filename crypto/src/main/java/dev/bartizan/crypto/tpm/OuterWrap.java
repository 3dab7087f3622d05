// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * How something is sent to one storage key (part 1, 23.3 and 24, annexes B and C): a seed only its
 * TPM can derive again, and what is encrypted and authenticated with that seed.
 */
final class OuterWrap {
  private OuterWrap() {}

  /**
   * A fresh seed for the holder of {@code recipient}.
   *
   * @param label {@code "SECRET"}, {@code "IDENTITY"} or {@code "DUPLICATE"}
   * @throws TpmRefusal when {@code recipient} is no storage key a seed can be sent to
   */
  static TpmKdf.SharedSeed seedFor(TpmPublic recipient, String label, SecureRandom random)
      throws TpmRefusal {
    if (recipient.parameters() instanceof EccParameters ecc && ecc.wrap() != WrapCipher.NONE) {
      return TpmKdf.ecdhSeed(ecc, recipient.nameHash(), label, random);
    }
    if (recipient.parameters() instanceof RsaParameters rsa && rsa.wrap() != WrapCipher.NONE) {
      return oaepSeed(rsa, recipient.nameHash(), label, random);
    }
    throw new TpmRefusal(TpmRefusal.Reason.WRONG_ATTRIBUTES, "not a storage key");
  }

  /**
   * Encrypt, then MAC over ciphertext and name: the TPM refuses it under any other name.
   *
   * @param framed what is to be protected, with its length before it; zeroed
   * @return integrity value with its length, and ciphertext
   */
  static Bytes protect(byte[] framed, byte[] seed, TpmPublic recipient, TpmName name) {
    TpmHash hash = recipient.nameHash();
    byte[] none = new byte[0];
    byte[] key = TpmKdf.kdfA(hash, seed, "STORAGE", name.toArray(), none, wrapBits(recipient));
    byte[] encrypted = TpmKdf.aesCfb(Cipher.ENCRYPT_MODE, key, new byte[16], framed);
    byte[] macKey = TpmKdf.kdfA(hash, seed, "INTEGRITY", none, none, hash.size() * 8);
    byte[] mac = TpmKdf.hmac(hash, macKey, encrypted, name.toArray());
    Arrays.fill(framed, (byte) 0);
    Arrays.fill(key, (byte) 0);
    Arrays.fill(macKey, (byte) 0);
    return Bytes.of(new TpmWriter().sized(mac).bytes(encrypted).toArray());
  }

  private static TpmKdf.SharedSeed oaepSeed(
      RsaParameters rsa, TpmHash hash, String label, SecureRandom random) throws TpmRefusal {
    byte[] seed = new byte[hash.size()];
    random.nextBytes(seed);
    return new TpmKdf.SharedSeed(seed, oaep(rsa.toPublicKey(), hash, label, seed, random));
  }

  private static byte[] oaep(
      RSAPublicKey key, TpmHash hash, String label, byte[] seed, SecureRandom random) {
    try {
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
      PSource source = new PSource.PSpecified(TpmKdf.zeroTerminated(label));
      MGF1ParameterSpec mask = new MGF1ParameterSpec(hash.jcaName());
      cipher.init(
          Cipher.ENCRYPT_MODE,
          key,
          new OAEPParameterSpec(hash.jcaName(), "MGF1", mask, source),
          random);
      return cipher.doFinal(seed);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has RSA-OAEP", impossible);
    }
  }

  private static int wrapBits(TpmPublic recipient) {
    return recipient.parameters() instanceof EccParameters ecc
        ? ecc.wrap().keyBits()
        : ((RsaParameters) recipient.parameters()).wrap().keyBits();
  }
}
