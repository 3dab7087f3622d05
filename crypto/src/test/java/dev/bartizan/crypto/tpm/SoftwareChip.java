// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.keystore.Quote;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;

/**
 * Quotes in a TPM's formats, by an attestation key in memory: whole fleets of chips that differ, to
 * measure those with who verify them.
 */
public final class SoftwareChip {
  private static final int MAGIC = 0xff54_4347;
  private static final int QUOTE = 0x8018;
  private static final int COORDINATE = 32;
  private static final long POWERED_MILLIS = 1_000_000;
  private static final int RESETS = 7;
  private static final long FIRMWARE = 0x2019_1023_0016_3636L;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final KeyPair pair;
  private final TpmPublic publicArea;

  private SoftwareChip(KeyPair pair, TpmPublic publicArea) {
    this.pair = pair;
    this.publicArea = publicArea;
  }

  /** One with a new attestation key. */
  public static SoftwareChip with(AttestationKind kind) {
    try {
      return switch (kind) {
        case ECC_P256 -> ecc(generate("EC", 256));
        case RSA_2048 -> rsa(generate("RSA", 2048));
      };
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has these", impossible);
    }
  }

  private static KeyPair generate(String algorithm, int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits, RANDOM);
    return generator.generateKeyPair();
  }

  private static SoftwareChip ecc(KeyPair pair) {
    TpmPublic template = KeyTemplates.attestationKey();
    EccParameters empty = (EccParameters) template.parameters();
    ECPublicKey key = (ECPublicKey) pair.getPublic();
    EccParameters own =
        new EccParameters(
            empty.wrap(),
            empty.scheme(),
            empty.curve(),
            coordinate(key.getW().getAffineX()),
            coordinate(key.getW().getAffineY()));
    return new SoftwareChip(pair, with(template, own));
  }

  private static SoftwareChip rsa(KeyPair pair) {
    TpmPublic template = KeyTemplates.rsaAttestationKey();
    RsaParameters empty = (RsaParameters) template.parameters();
    byte[] modulus = ((RSAPublicKey) pair.getPublic()).getModulus().toByteArray();
    Bytes unsigned = Bytes.of(Arrays.copyOfRange(modulus, 1, modulus.length));
    return new SoftwareChip(
        pair,
        with(template, new RsaParameters(empty.wrap(), empty.scheme(), empty.keyBits(), unsigned)));
  }

  private static TpmPublic with(TpmPublic template, KeyParameters own) {
    return new TpmPublic(template.nameHash(), template.attributes(), template.policy(), own);
  }

  private static Bytes coordinate(BigInteger value) {
    byte[] bytes = value.toByteArray();
    byte[] padded = new byte[COORDINATE];
    int length = Math.min(bytes.length, COORDINATE);
    System.arraycopy(bytes, bytes.length - length, padded, COORDINATE - length, length);
    return Bytes.of(padded);
  }

  /** TPMT_PUBLIC. */
  public Bytes attestationKey() {
    return publicArea.encode();
  }

  /** What a chip that holds {@code values} would sign. */
  public Quote quote(PcrValues values, Bytes qualifyingData) {
    TpmWriter statement =
        new TpmWriter()
            .u32(MAGIC)
            .u16(QUOTE)
            .sized(publicArea.name().toArray())
            .sized(qualifyingData.toArray())
            .u64(POWERED_MILLIS)
            .u32(RESETS)
            .u32(0)
            .u8(1)
            .u64(FIRMWARE);
    values.selection().write(statement);
    byte[] attest = statement.sized(values.digest(TpmHash.SHA256).toArray()).toArray();
    return new Quote(Bytes.of(attest), signature(attest), attestationKey(), values);
  }

  private Bytes signature(byte[] attest) {
    boolean rsa = publicArea.isRsa();
    try {
      Signature signer = Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSA");
      signer.initSign(pair.getPrivate(), RANDOM);
      signer.update(attest);
      Bytes made = Bytes.of(signer.sign());
      return rsa
          ? new RsaSignature(TpmHash.SHA256, made).encode()
          : EcdsaSignature.ofDer(TpmHash.SHA256, made).encode();
    } catch (GeneralSecurityException | TpmRefusal impossible) {
      throw new IllegalStateException("a key of its own", impossible);
    }
  }
}
