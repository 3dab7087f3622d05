// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.LifeOfCredentials;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.updater.disk.SharedDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  private final SecureRandom random = new SecureRandom();
  private final SpiffeId device = new SpiffeId("fleet.example", Ueid.of(Digest.of(new byte[] {1})));
  private final ECPublicKey deviceKey = (ECPublicKey) OperatorKeys.p256(random).getPublic();

  @TempDir private Path folder;
  private SharedDirectory directory;
  private CertificateAuthority authority;

  @BeforeEach
  void create() throws Exception {
    directory = new SharedDirectory(folder);
    authority = CertificateAuthority.create(directory, "fleet.example", CLOCK, random);
  }

  @Test
  void anIdentityCertificateNamesOneDeviceAndIsForTlsClientsOnly() throws Exception {
    X509Certificate identity =
        authority.issueIdentity(device, deviceKey, LifeOfCredentials.DEFAULT.identity());

    identity.verify(authority.certificate().getPublicKey());
    assertEquals(device, SpiffeId.of(identity));
    assertEquals(List.of("1.3.6.1.5.5.7.3.2"), identity.getExtendedKeyUsage());
    assertEquals(-1, identity.getBasicConstraints());
    assertTrue(identity.getKeyUsage()[0]);
    assertFalse(identity.getKeyUsage()[4]);
    assertTrue(identity.getSubjectX500Principal().getName().contains(device.device().text()));
  }

  @Test
  void anUnwrapCertificateIsForKeyAgreementOnly() throws Exception {
    X509Certificate unwrap =
        authority.issueUnwrap(device, deviceKey, CertificateAuthority.UNWRAP_LIFETIME);

    assertFalse(unwrap.getKeyUsage()[0]);
    assertTrue(unwrap.getKeyUsage()[4]);
  }

  // Attack: a TLS client by the certificate that content keys are wrapped to, which lives a year.
  @Test
  void anUnwrapCertificateIsNoTlsClientToJavaNorToTheBroker() throws Exception {
    X509Certificate identity =
        authority.issueIdentity(device, deviceKey, LifeOfCredentials.DEFAULT.identity());
    X509Certificate unwrap =
        authority.issueUnwrap(device, deviceKey, CertificateAuthority.UNWRAP_LIFETIME);
    X509TrustManager server = server();
    server.checkClientTrusted(new X509Certificate[] {identity}, "UNKNOWN");
    assertThrows(
        CertificateException.class,
        () -> server.checkClientTrusted(new X509Certificate[] {unwrap}, "UNKNOWN"));
    // Mosquitto asks OpenSSL.
    assertEquals(0, openssl(identity));
    assertNotEquals(0, openssl(unwrap));
  }

  private X509TrustManager server() throws Exception {
    PKIXBuilderParameters parameters =
        new PKIXBuilderParameters(
            Set.of(new TrustAnchor(authority.certificate(), null)), new X509CertSelector());
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(NOW));
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(new CertPathTrustManagerParameters(parameters));
    return (X509TrustManager) managers.getTrustManagers()[0];
  }

  private int openssl(X509Certificate client) throws Exception {
    Path anchor = write("anchor.pem", authority.certificate());
    Path certificate = write("client.pem", client);
    return new ProcessBuilder(
            "openssl",
            "verify",
            "-attime",
            String.valueOf(NOW.getEpochSecond()),
            "-purpose",
            "sslclient",
            "-CAfile",
            anchor.toString(),
            certificate.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("openssl.log").toFile())
        .start()
        .waitFor();
  }

  private Path write(String name, X509Certificate certificate) throws Exception {
    String body =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
    return Files.writeString(
        folder.resolve(name),
        "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
  }

  @Test
  void anIdentityEndsAfterAWeek() {
    X509Certificate identity =
        authority.issueIdentity(device, deviceKey, LifeOfCredentials.DEFAULT.identity());

    assertThrows(
        CertificateExpiredException.class,
        () -> identity.checkValidity(Date.from(NOW.plus(Duration.ofDays(7)).plusSeconds(1))));
  }

  @Test
  void theStoredAuthorityIssuesUnderTheSameKeyAndNobodyElseCanReadIt() throws Exception {
    CertificateAuthority again = CertificateAuthority.load(directory, CLOCK, random);

    again
        .issueServer(List.of("localhost"), CertificateAuthority.OPERATOR_LIFETIME)
        .certificate()
        .verify(authority.certificate().getPublicKey());
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("ca/ca.key"))));
  }

  // Attack: a certificate of the devices' authority that names an operator.
  @Test
  void anOperatorVouchesForItselfAndTheDevicesAuthorityDoesNot() throws Exception {
    Credentials alice = authority.issueOperator("alice", CertificateAuthority.OPERATOR_LIFETIME);

    alice.certificate().verify(alice.certificate().getPublicKey());
    assertEquals(List.of(alice.certificate()), alice.chain());
  }

  @Test
  void aServerIsKnownByNameAndByAddress() throws Exception {
    Credentials server =
        authority.issueServer(List.of("localhost", "127.0.0.1"), Duration.ofDays(1));

    assertEquals(2, server.certificate().getSubjectAlternativeNames().size());
    assertEquals(authority.certificate(), server.chain().get(1));
  }

  @Test
  void aServersCertificateNamesNoDevice() {
    Credentials server = authority.issueServer(List.of("localhost"), Duration.ofDays(1));

    assertThrows(Malformed.class, () -> SpiffeId.of(server.certificate()));
  }
}
