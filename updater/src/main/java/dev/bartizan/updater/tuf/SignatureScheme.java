// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The signature schemes that count here, by their names in metadata. */
public enum SignatureScheme {
  ED25519("ed25519", "ed25519"),
  ECDSA_P256("ecdsa", "ecdsa-sha2-nistp256"),
  ECDSA_P384("ecdsa", "ecdsa-sha2-nistp384"),
  RSA_PSS_SHA256("rsa", "rsassa-pss-sha256"),
  /** For devices that will still be in the field when a quantum computer is. */
  ED25519_ML_DSA_65("hybrid", "ed25519-ml-dsa-65"),
  ECDSA_P256_ML_DSA_65("hybrid", "ecdsa-sha2-nistp256-ml-dsa-65");

  private static final int ED25519_KEY_BYTES = 32;
  private static final byte[] ED25519_SPKI_PREFIX =
      HexFormat.of().parseHex("302a300506032b6570032100");
  private static final int RSA_BITS_MIN = 2048;
  private static final int RSA_BITS_MAX = 8192;
  private static final int SHA256_BYTES = 32;
  private static final Pattern PEM =
      Pattern.compile(
          "\\s*-----BEGIN PUBLIC KEY-----\\s+([A-Za-z0-9+/=\\s]+?)\\s+-----END PUBLIC KEY-----\\s*");

  private final String keyType;
  private final String wireName;

  SignatureScheme(String keyType, String wireName) {
    this.keyType = keyType;
    this.wireName = wireName;
  }

  /** The {@code keytype} we write: {@code "ed25519"}, {@code "ecdsa"}, {@code "rsa"}. */
  public String keyType() {
    return keyType;
  }

  /** The {@code scheme}: {@code "ecdsa-sha2-nistp256"} and the like. */
  public String wireName() {
    return wireName;
  }

  /** The scheme of a key in metadata, or empty when it is one that we do not know. */
  static Optional<SignatureScheme> find(String keyType, String wireName) {
    return Arrays.stream(values())
        .filter(scheme -> scheme.wireName.equals(wireName))
        // Older repositories repeat the scheme as the key type.
        .filter(scheme -> scheme.keyType.equals(keyType) || wireName.equals(keyType))
        .findFirst();
  }

  /**
   * Decodes {@code keyval.public}: 64 hexadecimal digits for Ed25519, else a PEM
   * SubjectPublicKeyInfo; of a hybrid key that, a colon and the ML-DSA key in hexadecimal.
   *
   * @throws GeneralSecurityException when it is no sound key of this scheme
   */
  PublicKey decode(String publicPart) throws GeneralSecurityException {
    return switch (this) {
      case ED25519 -> ed25519(publicPart);
      case ECDSA_P256 -> onCurve((ECPublicKey) fromPem("EC", publicPart), "secp256r1");
      case ECDSA_P384 -> onCurve((ECPublicKey) fromPem("EC", publicPart), "secp384r1");
      case RSA_PSS_SHA256 -> ofSoundSize((RSAPublicKey) fromPem("RSA", publicPart));
      case ED25519_ML_DSA_65, ECDSA_P256_ML_DSA_65 ->
          HybridPublicKey.decode(classical(), publicPart);
    };
  }

  /** The scheme of the classical half; of all others, the scheme itself. */
  public SignatureScheme classical() {
    return switch (this) {
      case ED25519_ML_DSA_65 -> ED25519;
      case ECDSA_P256_ML_DSA_65 -> ECDSA_P256;
      case ED25519, ECDSA_P256, ECDSA_P384, RSA_PSS_SHA256 -> this;
    };
  }

  /** Whether an ML-DSA-65 signature has to stand beside the classical one. */
  public boolean isHybrid() {
    return classical() != this;
  }

  /** The counterpart of {@link #decode}, for who writes metadata. */
  public String encode(PublicKey key) {
    if (key instanceof HybridPublicKey hybrid) {
      return hybrid.encode(classical());
    }
    byte[] spki = key.getEncoded();
    if (this == ED25519) {
      return HexFormat.of().formatHex(spki, ED25519_SPKI_PREFIX.length, spki.length);
    }
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(spki);
    return "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n";
  }

  /** The implementation, ready for {@code initSign}. */
  public Signature forSigning() {
    return implementations().get(0);
  }

  /**
   * The same by a provider of one's own, such as a token's.
   *
   * @throws GeneralSecurityException when it does not sign so; a hybrid nobody's does
   */
  public Signature by(Provider provider) throws GeneralSecurityException {
    return switch (this) {
      case ED25519 -> Signature.getInstance("Ed25519", provider);
      case ECDSA_P256 -> Signature.getInstance("SHA256withECDSA", provider);
      case ECDSA_P384 -> Signature.getInstance("SHA384withECDSA", provider);
      case RSA_PSS_SHA256 -> {
        Signature signature = Signature.getInstance("RSASSA-PSS", provider);
        signature.setParameter(pssWithSalt(SHA256_BYTES));
        yield signature;
      }
      case ED25519_ML_DSA_65, ECDSA_P256_ML_DSA_65 ->
          throw new NoSuchAlgorithmException("not by one provider: " + this);
    };
  }

  /**
   * One or more set-ups of which one has to accept. RSA-PSS has two: the salt is as long as the
   * digest (python-tuf, ourselves) or as long as fits (go-tuf); the platform cannot be asked for
   * either in one go.
   */
  List<Signature> forVerifying(PublicKey key) {
    if (this != RSA_PSS_SHA256) {
      return implementations();
    }
    int encodedBytes = (((RSAPublicKey) key).getModulus().bitLength() + 6) / 8;
    return List.of(pss(SHA256_BYTES), pss(encodedBytes - SHA256_BYTES - 2));
  }

  private List<Signature> implementations() {
    return List.of(
        switch (this) {
          case ED25519 -> platform("Ed25519");
          case ECDSA_P256 -> platform("SHA256withECDSA");
          case ECDSA_P384 -> platform("SHA384withECDSA");
          case RSA_PSS_SHA256 -> pss(SHA256_BYTES);
          case ED25519_ML_DSA_65, ECDSA_P256_ML_DSA_65 ->
              new HybridSignature(classical().forSigning());
        });
  }

  private static Signature pss(int saltBytes) {
    try {
      Signature signature = platform("RSASSA-PSS");
      signature.setParameter(pssWithSalt(saltBytes));
      return signature;
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("PSS with SHA-256 is part of the platform", impossible);
    }
  }

  private static PSSParameterSpec pssWithSalt(int bytes) {
    return new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, bytes, 1);
  }

  private static Signature platform(String algorithm) {
    try {
      return Signature.getInstance(algorithm);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(algorithm + " is part of the platform", impossible);
    }
  }

  /** Whether the encoding is the only one the scheme allows; the platform is more lenient. */
  boolean isStrictlyEncoded(byte[] signature, PublicKey key) {
    return switch (this) {
      case ED25519 -> signature.length == 64;
      case ECDSA_P256, ECDSA_P384 ->
          StrictDer.isSignature(signature, ((ECPublicKey) key).getParams().getOrder());
      case RSA_PSS_SHA256 ->
          signature.length == (((RSAPublicKey) key).getModulus().bitLength() + 7) / 8;
      case ED25519_ML_DSA_65, ECDSA_P256_ML_DSA_65 ->
          classical()
              .isStrictlyEncoded(
                  HybridSignature.classicalPart(signature), ((HybridPublicKey) key).classical());
    };
  }

  private static PublicKey ed25519(String hex) throws GeneralSecurityException {
    byte[] raw = parseHex(hex);
    if (raw.length != ED25519_KEY_BYTES) {
      throw new GeneralSecurityException("an Ed25519 key has 32 bytes, not " + raw.length);
    }
    byte[] spki = Arrays.copyOf(ED25519_SPKI_PREFIX, ED25519_SPKI_PREFIX.length + raw.length);
    System.arraycopy(raw, 0, spki, ED25519_SPKI_PREFIX.length, raw.length);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki));
  }

  private static byte[] parseHex(String hex) throws GeneralSecurityException {
    try {
      return HexFormat.of().parseHex(hex);
    } catch (IllegalArgumentException notHex) {
      throw new GeneralSecurityException("not hexadecimal", notHex);
    }
  }

  private static PublicKey fromPem(String algorithm, String pem) throws GeneralSecurityException {
    Matcher parts = PEM.matcher(pem);
    if (!parts.matches()) {
      throw new GeneralSecurityException("not a PEM public key");
    }
    byte[] spki;
    try {
      spki = Base64.getMimeDecoder().decode(parts.group(1));
    } catch (IllegalArgumentException notBase64) {
      throw new GeneralSecurityException("not Base64", notBase64);
    }
    return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(spki));
  }

  private static PublicKey onCurve(ECPublicKey key, String curveName)
      throws GeneralSecurityException {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(curveName));
    ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
    if (!key.getParams().getCurve().equals(curve.getCurve()) || !isOnCurve(key.getW(), curve)) {
      throw new GeneralSecurityException("not a point of " + curveName);
    }
    return key;
  }

  /** y² = x³ + ax + b; the platform decodes points without asking. */
  private static boolean isOnCurve(ECPoint point, ECParameterSpec curve) {
    BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    BigInteger right =
        x.multiply(x).add(curve.getCurve().getA()).multiply(x).add(curve.getCurve().getB());
    return x.compareTo(p) < 0 && y.compareTo(p) < 0 && y.multiply(y).mod(p).equals(right.mod(p));
  }

  private static PublicKey ofSoundSize(RSAPublicKey key) throws GeneralSecurityException {
    int bits = key.getModulus().bitLength();
    if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) {
      throw new GeneralSecurityException("an RSA key of " + bits + " bits");
    }
    return key;
  }
}
