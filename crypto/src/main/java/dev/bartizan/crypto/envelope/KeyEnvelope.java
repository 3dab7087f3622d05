// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.envelope;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.SecretMemory;
import dev.bartizan.crypto.envelope.EnvelopeRefusal.Reason;
import dev.bartizan.crypto.offheap.EnvelopeKeys;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.EncryptedContentInfo;
import org.bouncycastle.asn1.cms.EnvelopedData;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.cms.KeyAgreeRecipientInfo;
import org.bouncycastle.asn1.cms.OriginatorPublicKey;
import org.bouncycastle.asn1.cms.RecipientEncryptedKey;
import org.bouncycastle.asn1.cms.ecc.ECCCMSSharedInfo;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.Pack;

/**
 * A content key wrapped to one device: CMS {@code EnvelopedData} with key agreement recipients (RFC
 * 5652, 6.2.2; RFC 5753, 3.1): ephemeral-static ECDH on P-256 with the X9.63 KDF on SHA-256,
 * AES-256 key wrap, AES-256-CBC.
 *
 * <p>CBC does not notice a change, and need not: a content key that was changed on its way does not
 * fit the key commitment of the artifact.
 */
public final class KeyEnvelope {
  /** Some 40 recipients; a device's own envelope has one. */
  public static final int MAX_LENGTH = 16 * 1024;

  /** The tag of kari in RecipientInfo. */
  private static final int KEY_AGREEMENT = 1;

  private static final int KEK_BITS = 256;
  private static final int BLOCK = 16;

  /** One device's share: who, the sender's ephemeral key, and the key encryption key's wrapping. */
  private record Share(
      IssuerAndSerialNumber recipient,
      ECPublicKey ephemeral,
      AlgorithmIdentifier wrapping,
      Optional<Bytes> ukm,
      Bytes wrapped) {}

  private final List<Share> shares;
  private final Bytes iv;
  private final Bytes ciphertext;

  private KeyEnvelope(List<Share> shares, Bytes iv, Bytes ciphertext) {
    this.shares = shares;
    this.iv = iv;
    this.ciphertext = ciphertext;
  }

  /**
   * Parses an envelope; no encoding but DER is accepted.
   *
   * @throws EnvelopeRefusal MALFORMED
   */
  public static KeyEnvelope parse(byte[] der) throws EnvelopeRefusal {
    if (der.length > MAX_LENGTH) {
      throw malformed("is longer than " + MAX_LENGTH + " bytes");
    }
    try {
      ContentInfo content = ContentInfo.getInstance(der);
      if (!CMSObjectIdentifiers.envelopedData.equals(content.getContentType())
          || !Arrays.equals(der, content.getEncoded(ASN1Encoding.DER))) {
        throw malformed("is not CMS EnvelopedData in DER");
      }
      return parse(EnvelopedData.getInstance(content.getContent()));
    } catch (IOException | GeneralSecurityException | RuntimeException notCms) {
      // The ASN.1 library refuses by runtime exceptions of many kinds.
      throw new EnvelopeRefusal(Reason.MALFORMED, "the key envelope is not CMS", notCms);
    }
  }

  private static KeyEnvelope parse(EnvelopedData enveloped)
      throws EnvelopeRefusal, IOException, GeneralSecurityException {
    // RFC 5652, 6.1: what an envelope without originator, attributes and passwords must say.
    if (!enveloped.getVersion().hasValue(2)
        || enveloped.getOriginatorInfo() != null
        || enveloped.getUnprotectedAttrs() != null) {
      throw malformed("is of version " + enveloped.getVersion() + " or carries attributes");
    }
    EncryptedContentInfo content = enveloped.getEncryptedContentInfo();
    AlgorithmIdentifier cbc = content.getContentEncryptionAlgorithm();
    if (!CMSObjectIdentifiers.data.equals(content.getContentType())
        || !NISTObjectIdentifiers.id_aes256_CBC.equals(cbc.getAlgorithm())) {
      throw malformed("holds " + content.getContentType() + " under " + cbc.getAlgorithm());
    }
    return new KeyEnvelope(
        shares(enveloped),
        Bytes.of(ASN1OctetString.getInstance(cbc.getParameters()).getOctets()),
        Bytes.of(content.getEncryptedContent().getOctets()));
  }

  private static List<Share> shares(EnvelopedData enveloped)
      throws EnvelopeRefusal, IOException, GeneralSecurityException {
    List<Share> shares = new ArrayList<>();
    for (ASN1Encodable element : enveloped.getRecipientInfos()) {
      KeyAgreeRecipientInfo info =
          KeyAgreeRecipientInfo.getInstance(
              ASN1TaggedObject.getInstance(element, BERTags.CONTEXT_SPECIFIC, KEY_AGREEMENT),
              false);
      if (!info.getVersion().hasValue(3)) {
        throw malformed("has a recipient of version " + info.getVersion());
      }
      for (ASN1Encodable key : info.getRecipientEncryptedKeys()) {
        shares.add(share(info, RecipientEncryptedKey.getInstance(key)));
      }
    }
    return List.copyOf(shares);
  }

  private static Share share(KeyAgreeRecipientInfo info, RecipientEncryptedKey key)
      throws EnvelopeRefusal, IOException, GeneralSecurityException {
    AlgorithmIdentifier agreement = info.getKeyEncryptionAlgorithm();
    AlgorithmIdentifier wrapping = AlgorithmIdentifier.getInstance(agreement.getParameters());
    if (!SECObjectIdentifiers.dhSinglePass_stdDH_sha256kdf_scheme.equals(agreement.getAlgorithm())
        || !NISTObjectIdentifiers.id_aes256_wrap.equals(wrapping.getAlgorithm())) {
      throw malformed("uses " + agreement.getAlgorithm() + " with " + wrapping.getAlgorithm());
    }
    return new Share(
        Objects.requireNonNull(key.getIdentifier().getIssuerAndSerialNumber()),
        ephemeral(info.getOriginator().getOriginatorKey()),
        wrapping,
        Optional.ofNullable(info.getUserKeyingMaterial()).map(ukm -> Bytes.of(ukm.getOctets())),
        Bytes.of(key.getEncryptedKey().getOctets()));
  }

  private static ECPublicKey ephemeral(OriginatorPublicKey originator)
      throws IOException, GeneralSecurityException, EnvelopeRefusal {
    // RFC 5753, 3.1.1: the curve may be left out, for it is the recipient's: P-256, always.
    AlgorithmIdentifier p256 =
        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256r1);
    AlgorithmIdentifier curveLeftOut = new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey);
    AlgorithmIdentifier found = originator.getAlgorithm();
    if (!found.equals(p256) && !found.equals(curveLeftOut)) {
      throw malformed("has an ephemeral key for " + found.getAlgorithm() + ", not P-256");
    }
    // As octets, for as bits the last ones could be declared unused: two encodings of one key.
    byte[] point = originator.getPublicKeyData().getOctets();
    byte[] spki = new SubjectPublicKeyInfo(p256, point).getEncoded();
    return (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(spki));
  }

  /**
   * Unwraps the content key, 32 bytes. Key and all that leads to it stay in {@code memory}; what
   * led to it is wiped when this returns.
   *
   * @param recipient the device's unwrap certificate
   * @param keystore agrees with the key of that certificate
   * @throws Refusal WRONG_DEVICE, WRONG_KEY, MALFORMED, or what the keystore refused
   * @throws IOException when the keystore cannot be reached, or there is no memory
   */
  public SecretBytes open(X509Certificate recipient, KeyAgreement keystore, SecretMemory memory)
      throws Refusal, IOException {
    Share share = shareOf(recipient);
    requireOneKey(share);
    try (SecretMemory.Region workspace = memory.allocate(EnvelopeKeys.WORKSPACE);
        SecretBytes shared = keystore.agree(share.ephemeral())) {
      EnvelopeKeys keys = new EnvelopeKeys(workspace.bytes());
      boolean unwraps =
          shared.lend(
              z -> {
                keys.agree(z, sharedInfo(share));
                return keys.unwrap(share.wrapped().toArray());
              });
      if (!unwraps) {
        throw wrongKey();
      }
      return decrypt(keys, memory);
    }
  }

  private SecretBytes decrypt(EnvelopeKeys keys, SecretMemory memory)
      throws EnvelopeRefusal, IOException {
    SecretBytes key = SecretBytes.fill(memory, ChunkCipher.INPUT_KEY, empty -> {});
    if (!key.lend(plain -> keys.decrypt(iv.toArray(), ciphertext.toArray(), plain))) {
      key.close();
      throw wrongKey();
    }
    return key;
  }

  private static EnvelopeRefusal wrongKey() {
    return new EnvelopeRefusal(
        Reason.WRONG_KEY, "the key envelope does not open with this device's key");
  }

  private void requireOneKey(Share share) throws EnvelopeRefusal {
    if (share.wrapped().length() != EnvelopeKeys.WRAPPED
        || iv.length() != BLOCK
        || ciphertext.length() != ChunkCipher.INPUT_KEY + BLOCK) {
      throw malformed("does not hold one key of " + ChunkCipher.INPUT_KEY + " bytes");
    }
  }

  /** Whether it was made for the key of this certificate; it may still be another's doing. */
  public boolean isFor(X509Certificate recipient) {
    IssuerAndSerialNumber wanted = nameOf(recipient);
    return shares.stream().anyMatch(share -> isSame(share.recipient(), wanted));
  }

  private static IssuerAndSerialNumber nameOf(X509Certificate recipient) {
    X500Name issuer = X500Name.getInstance(recipient.getIssuerX500Principal().getEncoded());
    return new IssuerAndSerialNumber(issuer, recipient.getSerialNumber());
  }

  private Share shareOf(X509Certificate recipient) throws EnvelopeRefusal {
    IssuerAndSerialNumber wanted = nameOf(recipient);
    return shares.stream()
        .filter(share -> isSame(share.recipient(), wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new EnvelopeRefusal(
                    Reason.WRONG_DEVICE,
                    "the key envelope was not made for this device (unwrap certificate "
                        + recipient.getSerialNumber().toString(16)
                        + ")"));
  }

  /** To the byte: the library's own comparison of names minds neither case nor white space. */
  private static boolean isSame(IssuerAndSerialNumber one, IssuerAndSerialNumber other) {
    try {
      return Arrays.equals(one.getEncoded(ASN1Encoding.DER), other.getEncoded(ASN1Encoding.DER));
    } catch (IOException bug) {
      throw new IllegalStateException("encoding in memory cannot fail", bug);
    }
  }

  /** ECC-CMS-SharedInfo (RFC 5753, 7.2). */
  private static byte[] sharedInfo(Share share) {
    byte[] ukm = share.ukm().map(Bytes::toArray).orElse(null);
    try {
      return new ECCCMSSharedInfo(share.wrapping(), ukm, Pack.intToBigEndian(KEK_BITS))
          .getEncoded(ASN1Encoding.DER);
    } catch (IOException bug) {
      throw new IllegalStateException("encoding in memory cannot fail", bug);
    }
  }

  private static EnvelopeRefusal malformed(String what) {
    return new EnvelopeRefusal(Reason.MALFORMED, "the key envelope " + what);
  }
}
