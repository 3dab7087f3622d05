// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.credential;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.crypto.keystore.PeerKey;
import dev.bartizan.crypto.keystore.Pkcs11AgreementKey;
import dev.bartizan.fleet.KeyBrokerAway;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.Optional;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/**
 * The key that content keys are wrapped to by authors: in a PKCS#11 token, which then agrees by
 * itself, or in a file.
 */
public final class KeyBrokerKey {
  private final SharedDirectory directory;
  private final SecureRandom random;
  private @Nullable Pkcs11AgreementKey inToken;

  /** The one that {@code directory} names, which is looked at when it is needed. */
  public KeyBrokerKey(SharedDirectory directory, SecureRandom random) {
    this.directory = directory;
    this.random = random;
  }

  /** The token it is in; empty when it is in a file. */
  public Optional<BrokerToken> token() throws IOException, Refusal {
    return BrokerToken.find(directory);
  }

  /** What authors wrap content keys to. */
  public X509Certificate certificate() throws IOException, Refusal {
    return Credentials.certificate(directory, Credentials.KEY_BROKER);
  }

  /**
   * The secret that this key and the sender of an envelope share.
   *
   * @throws KeyBrokerAway while the token cannot be used
   */
  public SecretBytes agree(ECPublicKey sender) throws IOException, Refusal {
    Optional<BrokerToken> token = token();
    return token.isPresent()
        ? agreeInToken(keyIn(token.get()), sender)
        : agreeHere(Credentials.load(directory, Credentials.KEY_BROKER), sender);
  }

  /**
   * Uses the key once, so that what is wrong with it is known before somebody needs it.
   *
   * @throws KeyBrokerAway when the token is not there
   * @throws KeystoreRefusal when it is, and does not let it be used
   */
  public void prove() throws IOException, Refusal {
    try {
      agree(PeerKey.parse(certificate().getPublicKey().getEncoded())).close();
    } catch (KeyBrokerAway away) {
      if (away.why().reason() != KeystoreRefusal.Reason.TOKEN_ABSENT) {
        throw away.why();
      }
      throw away;
    }
  }

  private SecretBytes agreeInToken(Pkcs11AgreementKey key, ECPublicKey sender)
      throws IOException, Refusal {
    ECPublicKey own = PeerKey.parse(certificate().getPublicKey().getEncoded());
    try {
      return key.agree(own, sender);
    } catch (KeystoreRefusal refused) {
      if (refused.reason() == KeystoreRefusal.Reason.BAD_PEER_KEY) {
        throw offCurve(refused);
      }
      throw new KeyBrokerAway(refused);
    }
  }

  private synchronized Pkcs11AgreementKey keyIn(BrokerToken token) {
    if (inToken == null) {
      inToken = token.key(random);
    }
    return inToken;
  }

  private static SecretBytes agreeHere(Credentials broker, ECPublicKey sender)
      throws EnvelopeRefusal {
    try {
      KeyAgreement ecdh = KeyAgreement.getInstance("ECDH");
      ecdh.init(broker.key());
      ecdh.doPhase(sender, true);
      return SecretBytes.take(ecdh.generateSecret());
    } catch (GeneralSecurityException offCurve) {
      throw offCurve(offCurve);
    }
  }

  private static EnvelopeRefusal offCurve(Exception cause) {
    return new EnvelopeRefusal(
        EnvelopeRefusal.Reason.MALFORMED, "the envelope's key is no point of P-256", cause);
  }
}
