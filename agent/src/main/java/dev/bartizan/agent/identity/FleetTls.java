// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.identity;

import dev.bartizan.crypto.jca.BartizanProvider;
import dev.bartizan.crypto.jca.DeviceKeyManager;
import dev.bartizan.crypto.jca.KeystorePrivateKey;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS as this device: its certificate, its key by reference, and the fleet's authority alone. */
public final class FleetTls {
  private FleetTls() {}

  /**
   * @param chain the device's certificate first; asked at each handshake
   * @param anchors what the other side's certificate must lead to
   */
  public static SSLContext of(
      DeviceKeystore keystore,
      Supplier<List<X509Certificate>> chain,
      List<X509Certificate> anchors) {
    BartizanProvider.register();
    return context(new DeviceKeyManager(new KeystorePrivateKey(keystore), chain), anchors);
  }

  /** TLS as nobody yet: before a device has a certificate. */
  public static SSLContext anonymous(List<X509Certificate> anchors) {
    return context(null, anchors);
  }

  /** From now on each handshake is a whole one, and shows the certificate in force then. */
  public static void forgetSessions(SSLContext tls) {
    SSLSessionContext sessions = tls.getClientSessionContext();
    for (byte[] id : Collections.list(sessions.getIds())) {
      SSLSession session = sessions.getSession(id);
      if (session != null) {
        session.invalidate();
      }
    }
  }

  private static SSLContext context(@Nullable KeyManager identity, List<X509Certificate> anchors) {
    try {
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(
          identity == null ? new KeyManager[0] : new KeyManager[] {identity},
          trust(anchors).getTrustManagers(),
          null);
      return tls;
    } catch (GeneralSecurityException | IOException impossible) {
      throw new IllegalStateException("these certificates cannot be used for TLS", impossible);
    }
  }

  private static TrustManagerFactory trust(List<X509Certificate> anchors)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (X509Certificate anchor : anchors) {
      store.setCertificateEntry("anchor-" + store.size(), anchor);
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    return trust;
  }
}
