// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.jca;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.keystore.MemoryBlobStore;
import dev.bartizan.crypto.keystore.Tpm2Keystore;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.TpmAccess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsWithAKeyInTheTpmTest {
  private static final X500Principal AUTHORITY = new X500Principal("CN=authority");
  private static final X500Principal DEVICE = new X500Principal("CN=device");
  private static final X500Principal SERVER = new X500Principal("CN=localhost");
  private static final char[] NO_PASSWORD = new char[0];

  private static Swtpm swtpm;
  private static DeviceKeystore keystore;
  private static KeystorePrivateKey deviceKey;
  private static KeyPair authority;
  private static X509Certificate root;

  @BeforeAll
  static void enrol() throws Exception {
    BartizanProvider.register();
    swtpm = Swtpm.manufacture();
    keystore =
        Tpm2Keystore.create(
            new TpmAccess(swtpm.address(), new SecureRandom(), duration -> {}),
            new MemoryBlobStore(),
            PcrSelection.parse("sha256:7"));
    deviceKey = new KeystorePrivateKey(keystore);
    authority = pair();
    root = certificate(AUTHORITY, authority.getPublic());
  }

  @AfterAll
  static void scrap() {
    swtpm.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aServerThatDemandsACertificateSeesTheDevice(String protocol) throws Exception {
    X509Certificate own = certificate(DEVICE, keystore.publicKey(KeyPurpose.IDENTITY));
    assertEquals(DEVICE, connect(protocol, own));
  }

  // Attack: a stolen certificate without its key.
  @Test
  void aCertificateForAnotherKeyDoesNotConnect() throws Exception {
    X509Certificate stolen = certificate(DEVICE, pair().getPublic());
    assertThrows(SSLException.class, () -> connect("TLSv1.3", stolen));
  }

  @Test
  void aCertificateRequestIsSignedThroughTheProviderAlone() throws Exception {
    PKCS10CertificationRequest request =
        new JcaPKCS10CertificationRequestBuilder(DEVICE, keystore.publicKey(KeyPurpose.IDENTITY))
            .build(
                new JcaContentSignerBuilder("SHA256withECDSA")
                    .setProvider(new BartizanProvider())
                    .build(deviceKey));
    assertTrue(
        request.isSignatureValid(
            new JcaContentVerifierProviderBuilder()
                .build(keystore.publicKey(KeyPurpose.IDENTITY))));
  }

  @Test
  void aDigestIsSignedAsItIsAndNothingElse() throws Exception {
    Signature signer = Signature.getInstance("NONEwithECDSA", new BartizanProvider());
    Digest digest = Digest.of(new byte[] {1, 2, 3});
    signer.initSign(deviceKey);
    signer.update(digest.value().toArray());
    byte[] signature = signer.sign();
    Signature verifier = Signature.getInstance("SHA256withECDSA");
    verifier.initVerify(keystore.publicKey(KeyPurpose.IDENTITY));
    verifier.update(new byte[] {1, 2, 3});
    assertTrue(verifier.verify(signature));
    assertThrows(SignatureException.class, () -> signer.update(new byte[33]));
    signer.update(new byte[31]);
    assertThrows(SignatureException.class, signer::sign);
  }

  @Test
  void theProviderTakesNoKeyButItsOwn() throws Exception {
    Signature signer = Signature.getInstance("SHA256withECDSA", new BartizanProvider());
    assertThrows(InvalidKeyException.class, () -> signer.initSign(pair().getPrivate()));
    assertThrows(InvalidKeyException.class, () -> signer.initVerify(pair().getPublic()));
    Signature theirs = Signature.getInstance("SHA256withECDSA");
    theirs.initSign(pair().getPrivate());
    assertEquals("SunEC", theirs.getProvider().getName());
  }

  @Test
  void theKeyGivesNothingAway() throws Exception {
    assertNull(deviceKey.getEncoded());
    assertEquals("keystore key for identity", deviceKey.toString());
    ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream());
    assertThrows(NotSerializableException.class, () -> out.writeObject(deviceKey));
  }

  /** Whom the server saw. */
  private static X500Principal connect(String protocol, X509Certificate own) throws Exception {
    try (SSLServerSocket listener = listen(protocol)) {
      CompletableFuture<X500Principal> seen = CompletableFuture.supplyAsync(() -> serve(listener));
      KeyManager manager = new DeviceKeyManager(deviceKey, () -> List.of(own, root));
      try (SSLSocket client =
          (SSLSocket)
              context(manager)
                  .getSocketFactory()
                  .createSocket(InetAddress.getLoopbackAddress(), listener.getLocalPort())) {
        client.setEnabledProtocols(new String[] {protocol});
        assertEquals('!', client.getInputStream().read());
        assertEquals(protocol, client.getSession().getProtocol());
      }
      return seen.get();
    }
  }

  private static SSLServerSocket listen(String protocol) throws Exception {
    KeyPair pair = pair();
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    X509Certificate[] chain = {certificate(SERVER, pair.getPublic()), root};
    store.setKeyEntry("server", pair.getPrivate(), NO_PASSWORD, chain);
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, NO_PASSWORD);
    SSLServerSocket listener =
        (SSLServerSocket)
            context(factory.getKeyManagers())
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    listener.setNeedClientAuth(true);
    listener.setEnabledProtocols(new String[] {protocol});
    return listener;
  }

  private static X500Principal serve(SSLServerSocket listener) {
    try (SSLSocket connection = (SSLSocket) listener.accept()) {
      connection.getOutputStream().write('!');
      X509Certificate peer = (X509Certificate) connection.getSession().getPeerCertificates()[0];
      return peer.getSubjectX500Principal();
    } catch (IOException refused) {
      throw new AssertionError(refused);
    }
  }

  private static SSLContext context(KeyManager... managers) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("root", root);
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers, factory.getTrustManagers(), null);
    return context;
  }

  private static X509Certificate certificate(X500Principal subject, PublicKey key)
      throws Exception {
    Instant now = Instant.now();
    Date start = Date.from(now.minus(Duration.ofMinutes(1)));
    Date end = Date.from(now.plus(Duration.ofHours(1)));
    PrivateKey signer = authority.getPrivate();
    return new JcaX509CertificateConverter()
        .getCertificate(
            new JcaX509v3CertificateBuilder(AUTHORITY, BigInteger.ONE, start, end, subject, key)
                .addExtension(
                    Extension.basicConstraints,
                    true,
                    new BasicConstraints(subject.equals(AUTHORITY)))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
  }

  private static KeyPair pair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }
}
