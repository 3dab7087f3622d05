// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.jca;

import dev.bartizan.crypto.TouchesTheWorld;
import java.security.Provider;
import java.security.Security;
import java.util.function.Supplier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;

/**
 * A JCA provider that uses {@link KeystorePrivateKey}s of any keystore: signatures ({@code
 * SHA256withECDSA}, {@code NONEwithECDSA}) and key agreement ({@code ECDH}, and with the KDF of CMS
 * under its object identifier). It holds no state: the key brings its keystore along.
 */
public final class BartizanProvider extends Provider {
  private static final long serialVersionUID = 1L;

  private static final String NAME = "Bartizan";
  private static final String CMS_ECDH =
      SECObjectIdentifiers.dhSinglePass_stdDH_sha256kdf_scheme.getId();

  /** For callers that can be handed a provider, such as certificate requests. */
  public BartizanProvider() {
    super(NAME, "1", "uses keys that stay in their keystore");
    putService(
        new KeyService(this, "Signature", "SHA256withECDSA", KeystoreSignature.OfMessage::new));
    putService(new KeyService(this, "Signature", "NONEwithECDSA", KeystoreSignature.OfDigest::new));
    putService(new KeyService(this, "KeyAgreement", "ECDH", KeystoreAgreement.Raw::new));
    putService(new KeyService(this, "KeyAgreement", CMS_ECDH, KeystoreAgreement.ForCms::new));
  }

  /**
   * Adds the provider to the end of the global list, once per process, for TLS.
   *
   * <p>JSSE asks {@code Signature.getInstance(algorithm)} and cannot be handed a provider (its
   * constructor for that went away with Java 9). At the end of the list, and taking no keys but its
   * own, this provider is asked only when every other one has declined the key.
   */
  @TouchesTheWorld("JSSE finds signers for opaque keys in the global provider list only")
  public static void register() {
    if (Security.getProvider(NAME) == null) {
      Security.addProvider(new BartizanProvider());
    }
  }

  /** One algorithm; made without reflection. */
  private static final class KeyService extends Service {
    private final Supplier<?> maker;

    KeyService(Provider provider, String type, String algorithm, Supplier<?> maker) {
      super(provider, type, algorithm, KeystorePrivateKey.class.getName(), null, null);
      this.maker = maker;
    }

    @Override
    public Object newInstance(Object parameter) {
      return maker.get();
    }

    @Override
    public boolean supportsParameter(Object key) {
      return key instanceof KeystorePrivateKey;
    }
  }
}
