// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.jca;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.keystore.MemoryBlobStore;
import dev.bartizan.crypto.keystore.Pkcs11Keystore;
import dev.bartizan.crypto.keystore.SoftHsm;
import dev.bartizan.crypto.keystore.SoftwareKeystore;
import dev.bartizan.crypto.keystore.Tpm2Keystore;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.TpmAccess;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.crypto.KeyAgreement;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSEnvelopedData;
import org.bouncycastle.cms.CMSEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** TLS and CMS with the keys of every kind of keystore, through the provider alone. */
class KeysByHandleTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] MESSAGE = "over here".getBytes(StandardCharsets.UTF_8);
  private static final char[] NO_PASSWORD = new char[0];

  private static Swtpm chip;
  private static List<DeviceKeystore> keystores;

  @BeforeAll
  static void makeKeys() throws Exception {
    BartizanProvider.register();
    // Behind ours: the library's CMS asks for EC keys by an object identifier the JDK does not
    // know.
    Security.addProvider(new BouncyCastleProvider());
    chip = Swtpm.manufacture();
    keystores =
        List.of(
            Tpm2Keystore.create(
                new TpmAccess(chip.address(), RANDOM, duration -> {}),
                new MemoryBlobStore(),
                PcrSelection.parse("sha256:7")),
            Pkcs11Keystore.create(
                SoftHsm.token().module(), "tls", SoftHsm.pin(), new MemoryBlobStore(), RANDOM),
            SoftwareKeystore.create(
                new MemoryBlobStore(), () -> SecretBytes.take(new byte[] {'x'}), RANDOM));
  }

  @AfterAll
  static void scrap() {
    Security.removeProvider(BouncyCastleProvider.PROVIDER_NAME);
    chip.close();
  }

  static Stream<DeviceKeystore> keystores() {
    return keystores.stream();
  }

  @ParameterizedTest
  @MethodSource("keystores")
  void aServerThatDemandsACertificateSeesTheDevice(DeviceKeystore keystore) throws Exception {
    KeyPair server = pair();
    X509Certificate serverCertificate = selfNamed("CN=localhost", server.getPublic(), server);
    X509Certificate own = selfNamed("CN=device", keystore.publicKey(KeyPurpose.IDENTITY), server);
    KeyStore held = KeyStore.getInstance("PKCS12");
    held.load(null, null);
    held.setKeyEntry(
        "server", server.getPrivate(), NO_PASSWORD, new X509Certificate[] {serverCertificate});
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(held, NO_PASSWORD);
    try (SSLServerSocket listener =
        (SSLServerSocket)
            context(serverCertificate, own, factory.getKeyManagers())
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listener.setNeedClientAuth(true);
      CompletableFuture<X500Principal> seen = CompletableFuture.supplyAsync(() -> serve(listener));
      KeyManager manager =
          new DeviceKeyManager(new KeystorePrivateKey(keystore), () -> List.of(own));
      try (SSLSocket client =
          (SSLSocket)
              context(serverCertificate, own, manager)
                  .getSocketFactory()
                  .createSocket(InetAddress.getLoopbackAddress(), listener.getLocalPort())) {
        assertEquals('!', client.getInputStream().read());
        assertEquals("TLSv1.3", client.getSession().getProtocol());
      }
      assertEquals(new X500Principal("CN=device"), seen.get());
    }
  }

  @ParameterizedTest
  @MethodSource("keystores")
  void aMessageIsSignedInCms(DeviceKeystore keystore) throws Exception {
    KeyPair authority = pair();
    X509Certificate own =
        selfNamed("CN=device", keystore.publicKey(KeyPurpose.IDENTITY), authority);
    CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
    generator.addSignerInfoGenerator(
        new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
            .build(
                new JcaContentSignerBuilder("SHA256withECDSA")
                    .setProvider(new BartizanProvider())
                    .build(new KeystorePrivateKey(keystore)),
                own));
    CMSSignedData signed =
        new CMSSignedData(
            generator.generate(new CMSProcessableByteArray(MESSAGE), true).getEncoded());
    assertTrue(
        signed
            .getSignerInfos()
            .getSigners()
            .iterator()
            .next()
            .verify(new JcaSimpleSignerInfoVerifierBuilder().build(own)));
  }

  @ParameterizedTest
  @MethodSource("keystores")
  void anEnvelopeIsOpenedInCms(DeviceKeystore keystore) throws Exception {
    KeyPair sender = pair();
    X509Certificate own = selfNamed("CN=device", keystore.publicKey(KeyPurpose.UNWRAP), sender);
    CMSEnvelopedDataGenerator generator = new CMSEnvelopedDataGenerator();
    generator.addRecipientInfoGenerator(
        new JceKeyAgreeRecipientInfoGenerator(
                new ASN1ObjectIdentifier("1.3.132.1.11.1"),
                sender.getPrivate(),
                sender.getPublic(),
                CMSAlgorithm.AES256_WRAP)
            .setProvider(new BouncyCastleProvider())
            .addRecipient(own));
    CMSEnvelopedData ciphertext =
        generator.generate(
            new CMSProcessableByteArray(MESSAGE),
            new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_CBC).build());
    RecipientInformation recipient =
        new CMSEnvelopedData(ciphertext.getEncoded()).getRecipientInfos().iterator().next();
    assertArrayEquals(
        MESSAGE,
        recipient.getContent(
            new JceKeyAgreeEnvelopedRecipient(KeystorePrivateKey.unwrapping(keystore))
                .setPrivateKeyAlgorithmIdentifier(
                    new AlgorithmIdentifier(
                        X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256r1))));
  }

  @ParameterizedTest
  @MethodSource("keystores")
  void eachKeyIsTakenForItsOwnPurposeOnly(DeviceKeystore keystore) throws Exception {
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH", new BartizanProvider());
    assertThrows(InvalidKeyException.class, () -> agreement.init(new KeystorePrivateKey(keystore)));
    Signature signature = Signature.getInstance("SHA256withECDSA", new BartizanProvider());
    assertThrows(
        InvalidKeyException.class,
        () -> signature.initSign(KeystorePrivateKey.unwrapping(keystore)));
    KeyPair peer = pair();
    agreement.init(KeystorePrivateKey.unwrapping(keystore));
    agreement.doPhase(peer.getPublic(), true);
    KeyAgreement theirs = KeyAgreement.getInstance("ECDH");
    theirs.init(peer.getPrivate());
    theirs.doPhase(keystore.publicKey(KeyPurpose.UNWRAP), true);
    assertArrayEquals(theirs.generateSecret(), agreement.generateSecret());
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

  private static SSLContext context(
      X509Certificate one, X509Certificate other, KeyManager... managers) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("one", one);
    trusted.setCertificateEntry("other", other);
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers, factory.getTrustManagers(), null);
    return context;
  }

  private static X509Certificate selfNamed(String name, PublicKey key, KeyPair signer)
      throws Exception {
    X500Principal subject = new X500Principal(name);
    Instant now = Instant.now();
    return new JcaX509CertificateConverter()
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    subject,
                    BigInteger.ONE,
                    Date.from(now.minus(Duration.ofMinutes(1))),
                    Date.from(now.plus(Duration.ofHours(1))),
                    subject,
                    key)
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
  }

  private static KeyPair pair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }
}
