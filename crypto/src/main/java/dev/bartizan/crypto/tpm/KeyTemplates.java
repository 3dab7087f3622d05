// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import static dev.bartizan.crypto.tpm.KeyAttribute.DECRYPT;
import static dev.bartizan.crypto.tpm.KeyAttribute.FIXED_PARENT;
import static dev.bartizan.crypto.tpm.KeyAttribute.FIXED_TPM;
import static dev.bartizan.crypto.tpm.KeyAttribute.NO_DA;
import static dev.bartizan.crypto.tpm.KeyAttribute.RESTRICTED;
import static dev.bartizan.crypto.tpm.KeyAttribute.SENSITIVE_DATA_ORIGIN;
import static dev.bartizan.crypto.tpm.KeyAttribute.SIGN;
import static dev.bartizan.crypto.tpm.KeyAttribute.USER_WITH_AUTH;

import dev.bartizan.crypto.Bytes;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * The public areas our keys are made from: P-256 and SHA-256, no dictionary attack protection.
 *
 * <p>None of them has a password, so there is nothing to guess; but a power cut after each use of a
 * protected key would count as a guess, and lock the TPM.
 */
public final class KeyTemplates {
  /** Where the storage root key lives (TCG TPM v2.0 Provisioning Guidance, 7.8). */
  public static final int STORAGE_ROOT_HANDLE = 0x8100_0001;

  private static final Set<KeyAttribute> DEVICE_KEY =
      Set.of(FIXED_TPM, FIXED_PARENT, SENSITIVE_DATA_ORIGIN, NO_DA);

  private KeyTemplates() {}

  /** The storage root key of the provisioning guidance. */
  public static TpmPublic storageRoot() {
    Bytes zeros = Bytes.of(new byte[TpmCurve.P256.size()]);
    return new TpmPublic(
        TpmHash.SHA256,
        deviceKey(USER_WITH_AUTH, RESTRICTED, DECRYPT),
        Bytes.empty(),
        new EccParameters(WrapCipher.AES_128_CFB, KeyScheme.NONE, TpmCurve.P256, zeros, zeros));
  }

  /** Signs only what the TPM itself composed. */
  public static TpmPublic attestationKey() {
    return leaf(deviceKey(USER_WITH_AUTH, RESTRICTED, SIGN), KeyScheme.ECDSA_SHA256, Bytes.empty());
  }

  /** The same with RSA, for verifiers that know nothing else. */
  public static TpmPublic rsaAttestationKey() {
    return new TpmPublic(
        TpmHash.SHA256,
        deviceKey(USER_WITH_AUTH, RESTRICTED, SIGN),
        Bytes.empty(),
        new RsaParameters(WrapCipher.NONE, KeyScheme.RSASSA_SHA256, 2048, Bytes.empty()));
  }

  /** Signs any digest. */
  public static TpmPublic signingKey() {
    return leaf(deviceKey(USER_WITH_AUTH, SIGN), KeyScheme.ECDSA_SHA256, Bytes.empty());
  }

  /** ECDH by nothing but the policy: not even the empty password opens it. */
  public static TpmPublic agreementKey(PolicyDigest policy) {
    return leaf(deviceKey(DECRYPT), KeyScheme.NONE, policy.value());
  }

  /** Bytes that nothing but the policy unseals. */
  public static TpmPublic sealed(PolicyDigest policy) {
    return new TpmPublic(
        TpmHash.SHA256,
        Set.of(FIXED_TPM, FIXED_PARENT, NO_DA),
        policy.value(),
        new SealedParameters(Bytes.empty()));
  }

  /** The same, made outside: who made them knew them, and the TPM did not choose them. */
  static TpmPublic imported(PolicyDigest policy, Bytes commitment) {
    return new TpmPublic(
        TpmHash.SHA256, Set.of(NO_DA), policy.value(), new SealedParameters(commitment));
  }

  /** Somebody's RSA key, for the TPM to check RSASSA signatures with. */
  public static TpmPublic verificationKey(RSAPublicKey key) throws TpmRefusal {
    if (!key.getPublicExponent().equals(BigInteger.valueOf(RsaParameters.DEFAULT_EXPONENT))) {
      throw TpmRefusal.unsupported("an RSA exponent other than the default");
    }
    int bits = key.getModulus().bitLength();
    if (!RsaParameters.SIZES.contains(bits)) {
      throw TpmRefusal.unsupported("an RSA key of " + bits + " bits");
    }
    byte[] signed = key.getModulus().toByteArray();
    byte[] modulus = Arrays.copyOfRange(signed, signed.length - bits / 8, signed.length);
    RsaParameters parameters =
        new RsaParameters(WrapCipher.NONE, KeyScheme.RSASSA_SHA256, bits, Bytes.of(modulus));
    return new TpmPublic(TpmHash.SHA256, Set.of(USER_WITH_AUTH, SIGN), Bytes.empty(), parameters);
  }

  /** Somebody's key of either kind, for the TPM to check signatures with. */
  public static TpmPublic verificationKey(PublicKey key) throws TpmRefusal {
    if (key instanceof ECPublicKey ecc) {
      return verificationKey(ecc);
    }
    if (key instanceof RSAPublicKey rsa) {
      return verificationKey(rsa);
    }
    throw TpmRefusal.unsupported("a verification key that is neither P-256 nor RSA");
  }

  /** Somebody's P-256 key, for the TPM to check ECDSA signatures with. */
  public static TpmPublic verificationKey(ECPublicKey key) throws TpmRefusal {
    if (TpmCurve.of(key) != TpmCurve.P256) {
      throw TpmRefusal.unsupported("a verification key on another curve than P-256");
    }
    Bytes x = Bytes.of(TpmCurve.P256.fixed(key.getW().getAffineX()));
    Bytes y = Bytes.of(TpmCurve.P256.fixed(key.getW().getAffineY()));
    return new TpmPublic(
        TpmHash.SHA256,
        Set.of(USER_WITH_AUTH, SIGN),
        Bytes.empty(),
        new EccParameters(WrapCipher.NONE, KeyScheme.ECDSA_SHA256, TpmCurve.P256, x, y));
  }

  private static TpmPublic leaf(Set<KeyAttribute> attributes, KeyScheme scheme, Bytes policy) {
    return new TpmPublic(
        TpmHash.SHA256,
        attributes,
        policy,
        new EccParameters(WrapCipher.NONE, scheme, TpmCurve.P256, Bytes.empty(), Bytes.empty()));
  }

  private static Set<KeyAttribute> deviceKey(KeyAttribute... further) {
    Set<KeyAttribute> attributes = EnumSet.copyOf(DEVICE_KEY);
    attributes.addAll(Set.of(further));
    return attributes;
  }
}
