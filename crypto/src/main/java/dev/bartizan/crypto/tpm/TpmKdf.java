// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The primitives TPM 2.0 builds its protocols from (part 1, 11.4 and annexes B, C). Bare functions:
 * what they protect is decided by their callers in this package.
 */
final class TpmKdf {
  private TpmKdf() {}

  /**
   * KDFa: counter mode over HMAC (SP 800-108). At most one digest of output is ever needed here.
   */
  static byte[] kdfA(
      TpmHash hash, byte[] key, String label, byte[] contextU, byte[] contextV, int bits) {
    byte[] block =
        hmac(hash, key, counterOne(), zeroTerminated(label), contextU, contextV, bits(bits));
    return firstBits(block, bits);
  }

  /** KDFe: one step of the concatenation KDF (SP 800-56A) over an ECDH secret. */
  static byte[] kdfE(TpmHash hash, byte[] z, String label, byte[] partyU, byte[] partyV, int bits) {
    byte[] block = hash.digest(counterOne(), z, zeroTerminated(label), partyU, partyV);
    return firstBits(block, bits);
  }

  static byte[] hmac(TpmHash hash, byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(hash.hmacName());
      // The JDK refuses an empty key; HMAC pads with zeros, so one zero byte is the same key.
      byte[] nonEmpty = key.length == 0 ? new byte[1] : key;
      mac.init(new SecretKeySpec(nonEmpty, "HMAC"));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has " + hash.hmacName(), impossible);
    }
  }

  /**
   * AES in 128-bit cipher feedback mode.
   *
   * @param mode {@link Cipher#ENCRYPT_MODE} or {@link Cipher#DECRYPT_MODE}
   */
  static byte[] aesCfb(int mode, byte[] key, byte[] iv, byte[] content) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CFB/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
      return cipher.doFinal(content);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has AES in CFB", impossible);
    }
  }

  /**
   * A fresh seed that only the holder of {@code recipient} can derive again (part 1, C.6).
   *
   * @param label {@code "SECRET"} for a session, {@code "IDENTITY"} for a credential
   * @throws TpmRefusal when {@code recipient} is no point on its curve
   */
  static SharedSeed ecdhSeed(
      EccParameters recipient, TpmHash hash, String label, SecureRandom random) throws TpmRefusal {
    TpmCurve curve = recipient.curve();
    KeyPair ephemeral = freshPair(curve, random);
    ECPublicKey point = (ECPublicKey) ephemeral.getPublic();
    ECPublicKey theirs = recipient.toPublicKey();
    byte[] z = ecdh((ECPrivateKey) ephemeral.getPrivate(), theirs);
    byte[] x = curve.fixed(point.getW().getAffineX());
    byte[] theirX = curve.fixed(theirs.getW().getAffineX());
    byte[] seed = kdfE(hash, z, label, x, theirX, hash.size() * 8);
    Arrays.fill(z, (byte) 0);
    byte[] y = curve.fixed(point.getW().getAffineY());
    return new SharedSeed(seed, new TpmWriter().sized(x).sized(y).toArray());
  }

  /** A seed and its TPM2B_ENCRYPTED_SECRET content; lives only within one method of a caller. */
  static final class SharedSeed {
    final byte[] seed;
    final byte[] encrypted;

    SharedSeed(byte[] seed, byte[] encrypted) {
      this.seed = seed;
      this.encrypted = encrypted;
    }
  }

  private static byte[] ecdh(ECPrivateKey ours, ECPublicKey theirs) {
    try {
      KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
      agreement.init(ours);
      agreement.doPhase(theirs, true);
      return agreement.generateSecret();
    } catch (InvalidKeyException bug) {
      throw new IllegalStateException("a checked point was refused", bug);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has ECDH", impossible);
    }
  }

  private static KeyPair freshPair(TpmCurve curve, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(curve.parameters(), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform makes EC keys", impossible);
    }
  }

  static byte[] zeroTerminated(String label) {
    return (label + "\0").getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] counterOne() {
    return new byte[] {0, 0, 0, 1};
  }

  private static byte[] bits(int bits) {
    return new byte[] {0, 0, (byte) (bits >>> 8), (byte) bits};
  }

  private static byte[] firstBits(byte[] block, int bits) {
    if (bits > block.length * 8 || bits % 8 != 0) {
      throw new IllegalArgumentException("one block has " + block.length * 8 + " bits");
    }
    byte[] first = Arrays.copyOf(block, bits / 8);
    Arrays.fill(block, (byte) 0);
    return first;
  }
}
