// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.credential;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A private key of the operator's side with its certificates.
 *
 * @param chain the key's own certificate first, its issuer after it
 */
public record Credentials(PrivateKey key, List<X509Certificate> chain) {
  /** Of the enrolment server. */
  public static final String SERVER = "server/server";

  /** Of the broker; written for it, not used here. */
  public static final String BROKER = "broker/broker";

  /** Of the operator as a client of the broker. */
  public static final String OPERATOR = "operator/operator";

  /** Of the key broker: content keys are wrapped to it. */
  public static final String KEY_BROKER = "key-broker/key-broker";

  private static final int MAX_LENGTH = 64 * 1024;

  public Credentials {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("credentials without a certificate");
    }
  }

  public X509Certificate certificate() {
    return chain.get(0);
  }

  /** Writes {@code NAME.pem} and, readable by its owner only, {@code NAME.key}. */
  public void store(SharedDirectory directory, String name) throws IOException {
    directory.writePrivate(name + ".key", ascii(Pem.ofPrivateKey(key)));
    storeChain(directory, name, chain);
  }

  /** Reads what {@link #store} wrote. */
  public static Credentials load(SharedDirectory directory, String name)
      throws IOException, Malformed {
    String key = text(directory, name + ".key");
    String chain = text(directory, name + ".pem");
    return new Credentials(
        Pem.privateKey(key, directory.path(name + ".key").toString()),
        Pem.certificates(chain, directory.path(name + ".pem").toString()));
  }

  /** The certificate of what {@link #store} wrote, whose key may be elsewhere. */
  public static X509Certificate certificate(SharedDirectory directory, String name)
      throws IOException, Malformed {
    return Pem.certificates(
            text(directory, name + ".pem"), directory.path(name + ".pem").toString())
        .get(0);
  }

  /** Writes the certificate of a key that is elsewhere, with its issuer's. */
  public static void storeChain(SharedDirectory directory, String name, List<X509Certificate> chain)
      throws IOException {
    directory.write(name + ".pem", ascii(Pem.ofCertificates(chain)));
  }

  /** A key store in memory only, and so with an empty password. */
  public KeyStore keyStore() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("own", key, new char[0], chain.toArray(X509Certificate[]::new));
      return store;
    } catch (GeneralSecurityException | IOException impossible) {
      throw new IllegalStateException("an empty key store takes a key", impossible);
    }
  }

  /** TLS that shows these credentials, and takes nobody's word but {@code authority}'s. */
  public SSLContext tls(X509Certificate authority) {
    try {
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(keyStore(), new char[0]);
      KeyStore anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      anchors.setCertificateEntry("authority", authority);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(anchors);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return tls;
    } catch (GeneralSecurityException | IOException impossible) {
      throw new IllegalStateException("these credentials cannot be used", impossible);
    }
  }

  @Override
  public String toString() {
    return "credentials of " + certificate().getSubjectX500Principal();
  }

  private static String text(SharedDirectory directory, String name) throws IOException {
    return new String(directory.read(name, MAX_LENGTH), StandardCharsets.US_ASCII);
  }

  private static byte[] ascii(String pem) {
    return pem.getBytes(StandardCharsets.US_ASCII);
  }
}
