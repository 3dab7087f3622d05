package dev.bartizan.crypto.jca;

import dev.bartizan.crypto.TouchesTheWorld;
import java.security.Provider;
import java.security.Security;
import java.util.function.Supplier;

/**
 * A JCA provider that signs with {@link KeystorePrivateKey}s: {@code SHA256withECDSA} and {@code
 * NONEwithECDSA}. It holds no state: the key brings its keystore along.
 */
public final class BartizanProvider extends Provider {
  private static final long serialVersionUID = 1L;

  private static final String NAME = "Bartizan";

  /** For callers that can be handed a provider, such as certificate requests. */
  public BartizanProvider() {
    super(NAME, "1", "signs with keys that stay in their keystore");
    putService(new SignatureService(this, "SHA256withECDSA", KeystoreSignature.OfMessage::new));
    putService(new SignatureService(this, "NONEwithECDSA", KeystoreSignature.OfDigest::new));
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
  private static final class SignatureService extends Service {
    private final Supplier<KeystoreSignature> maker;

    SignatureService(Provider provider, String algorithm, Supplier<KeystoreSignature> maker) {
      super(provider, "Signature", algorithm, KeystoreSignature.class.getName(), null, null);
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
