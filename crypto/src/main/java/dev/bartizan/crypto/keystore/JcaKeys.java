// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import javax.crypto.KeyAgreement;

/**
 * The identity and the unwrap key of a device in a Java key store, used where the store's provider
 * keeps them: in a token, or in this process.
 */
final class JcaKeys {
  private static final int SHARED_BYTES = 32;

  private final Provider provider;
  private final PrivateKey identity;
  private final PrivateKey unwrap;
  private final ECPublicKey identityPublic;
  private final ECPublicKey unwrapPublic;

  private JcaKeys(
      Provider provider,
      PrivateKey identity,
      ECPublicKey identityPublic,
      PrivateKey unwrap,
      ECPublicKey unwrapPublic) {
    this.provider = provider;
    this.identity = identity;
    this.identityPublic = identityPublic;
    this.unwrap = unwrap;
    this.unwrapPublic = unwrapPublic;
  }

  /** A new pair on P-256. */
  static KeyPair generate(Provider provider, SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
    generator.initialize(PeerKey.P256, random);
    return generator.generateKeyPair();
  }

  /**
   * Puts a pair into {@code store}.
   *
   * @param prefix of its name there
   * @param signer the identity pair, which signs for both
   * @param signing where {@code signer} was made
   */
  static void put(
      KeyStore store,
      String prefix,
      KeyPurpose purpose,
      KeyPair pair,
      KeyPair signer,
      Provider signing)
      throws GeneralSecurityException {
    X509Certificate holder = HolderCertificate.of(purpose, pair, signer, signing);
    store.setKeyEntry(prefix + purpose.text(), pair.getPrivate(), null, new Certificate[] {holder});
  }

  /**
   * The keys that {@link #put} put there.
   *
   * @throws GeneralSecurityException also when one is missing
   */
  static JcaKeys of(KeyStore store, String prefix)
      throws GeneralSecurityException, KeystoreRefusal {
    return new JcaKeys(
        store.getProvider(),
        privateKey(store, prefix + KeyPurpose.IDENTITY.text()),
        publicKey(store, prefix + KeyPurpose.IDENTITY.text()),
        privateKey(store, prefix + KeyPurpose.UNWRAP.text()),
        publicKey(store, prefix + KeyPurpose.UNWRAP.text()));
  }

  private static PrivateKey privateKey(KeyStore store, String name)
      throws GeneralSecurityException {
    Key key = store.getKey(name, null);
    if (key instanceof PrivateKey found) {
      return found;
    }
    throw new GeneralSecurityException("there is no key called " + name);
  }

  private static ECPublicKey publicKey(KeyStore store, String name)
      throws GeneralSecurityException, KeystoreRefusal {
    Certificate holder = store.getCertificate(name);
    if (holder == null) {
      throw new GeneralSecurityException("there is no public key called " + name);
    }
    return PeerKey.parse(holder.getPublicKey().getEncoded());
  }

  ECPublicKey publicKey(KeyPurpose purpose) {
    return switch (purpose) {
      case IDENTITY -> identityPublic;
      case UNWRAP -> unwrapPublic;
      case ATTESTATION ->
          throw new IllegalArgumentException("this keystore does not attest: no such key");
    };
  }

  Bytes sign(Digest digest) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("NONEwithECDSA", provider);
    signature.initSign(identity);
    signature.update(digest.value().toArray());
    return Bytes.of(signature.sign());
  }

  /**
   * @param ephemeral on P-256, see {@link PeerKey}
   */
  SecretBytes agree(ECPublicKey ephemeral) throws GeneralSecurityException {
    return agree(provider, unwrap, ephemeral);
  }

  /**
   * @param peer on P-256, see {@link PeerKey}
   */
  static SecretBytes agree(Provider provider, PrivateKey key, ECPublicKey peer)
      throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH", provider);
    agreement.init(key);
    agreement.doPhase(peer, true);
    SecretBytes shared = SecretBytes.take(agreement.generateSecret());
    if (shared.length() != SHARED_BYTES) {
      shared.close();
      throw new GeneralSecurityException("the shared secret is not of 32 bytes");
    }
    return shared;
  }
}
