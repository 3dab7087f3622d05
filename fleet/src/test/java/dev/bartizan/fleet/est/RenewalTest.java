// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.est;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.protocol.result.TrustTier;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSSignedData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a request for the next certificate must be like. */
final class RenewalTest {
  @TempDir private Path folder;
  private EstFleet fleet;

  @BeforeEach
  void begin() throws Exception {
    fleet = new EstFleet(folder, Protection.Kind.TPM2);
  }

  @AfterEach
  void end() throws Exception {
    fleet.close();
  }

  @Test
  void aDeviceGetsItsNextCertificateUponGoodEvidence() throws Exception {
    fleet.found(TrustTier.AFFIRMING);
    fleet.clock.advance(Duration.ofMinutes(10));

    X509Certificate next = certificate(fleet.reenroll(honest()));

    next.verify(fleet.anchor().getPublicKey());
    assertEquals(fleet.identity.getPublicKey(), next.getPublicKey());
    assertEquals(SpiffeId.of(fleet.identity), SpiffeId.of(next));
    assertNotEquals(fleet.identity.getSerialNumber(), next.getSerialNumber());
    assertEquals(
        Duration.ofHours(24),
        Duration.between(fleet.clock.instant(), next.getNotAfter().toInstant().plusMillis(999))
            .truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
    assertEquals(next, fleet.registry.get(fleet.ueid).identity());
    assertTrue(
        fleet
            .registry
            .goodSerials(fleet.ueid, fleet.clock.instant())
            .contains(next.getSerialNumber()));
  }

  @Test
  void whoseAnswerWasLostAsksAgainWithTheCertificateItHas() throws Exception {
    fleet.found(TrustTier.AFFIRMING);

    X509Certificate lost = certificate(fleet.reenroll(honest()));
    X509Certificate next = certificate(fleet.reenroll(honest()));

    assertNotEquals(lost, next);
    assertEquals(next, fleet.registry.get(fleet.ueid).identity());
  }

  @Test
  void lineEndsDoNotMatterAndNeitherDoesTheirAbsence() throws Exception {
    fleet.found(TrustTier.AFFIRMING);
    byte[] der = Base64.getMimeDecoder().decode(honest());

    certificate(fleet.reenroll(Base64.getEncoder().encode(der)));
    certificate(fleet.reenroll(Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(der)));
  }

  // Attack: a certificate for a key of the attacker's.
  @Test
  void aRequestForAnotherKeyIsRefused() throws Exception {
    fleet.found(TrustTier.AFFIRMING);
    KeyPair other = OperatorKeys.p256(EstFleet.RANDOM);

    assertRefused("OTHER_KEY", fleet.reenroll(Csr.honest(fleet.identity, other)));
  }

  // Attack: another device's public key and request, which only needs to be copied.
  @Test
  void aRequestThatItsKeyDidNotSignIsRefused() throws Exception {
    fleet.found(TrustTier.AFFIRMING);
    KeyPair other = OperatorKeys.p256(EstFleet.RANDOM);
    byte[] der =
        Csr.der(
            fleet.identity,
            fleet.identity,
            fleet.key.getPublic(),
            other.getPrivate(),
            "SHA256withECDSA");

    assertRefused("NO_POSSESSION", fleet.reenroll(Csr.base64(der)));
  }

  @Test
  void aSignatureOfSha1ProvesNothing() throws Exception {
    fleet.found(TrustTier.AFFIRMING);
    byte[] der =
        Csr.der(
            fleet.identity,
            fleet.identity,
            fleet.key.getPublic(),
            fleet.key.getPrivate(),
            "SHA1withECDSA");

    assertRefused("NO_POSSESSION", fleet.reenroll(Csr.base64(der)));
  }

  // Attack: a device that asks to be another one.
  @Test
  void aRequestForAnotherNameIsRefused() throws Exception {
    fleet.found(TrustTier.AFFIRMING);
    CertificateAuthority authority =
        CertificateAuthority.load(fleet.directory, fleet.clock, EstFleet.RANDOM);
    ECPublicKey key = (ECPublicKey) OperatorKeys.p256(EstFleet.RANDOM).getPublic();
    X509Certificate other =
        authority.issueIdentity(
            new SpiffeId(EstFleet.DOMAIN, Ueid.of(key)), key, Duration.ofHours(1));

    assertRefused("OTHER_NAME", fleet.reenroll(named(other, fleet.identity)));
    assertRefused("OTHER_NAME", fleet.reenroll(named(fleet.identity, other)));
    assertRefused("OTHER_NAME", fleet.reenroll(Csr.withoutName(fleet.identity, fleet.key)));
  }

  @Test
  void whatIsNoCertificateRequestIsRefusedAndTheServerGoesOn() throws Exception {
    fleet.found(TrustTier.AFFIRMING);
    byte[] der = Base64.getMimeDecoder().decode(honest());
    byte[] longer = Arrays.copyOf(der, der.length + 1);
    byte[] shorter = Arrays.copyOf(der, der.length - 1);

    for (byte[] body :
        List.of(
            new byte[0],
            "?".getBytes(US_ASCII),
            "-----BEGIN".getBytes(US_ASCII),
            Csr.base64(longer),
            Csr.base64(shorter),
            Csr.base64("{\"json\":1}".getBytes(UTF_8)),
            Csr.base64(new byte[] {0x30, (byte) 0x84, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff}),
            new byte[RenewalRequest.MAX_LENGTH + 1])) {
      assertEquals(400, fleet.reenroll(body).statusCode());
    }
    assertEquals(400, fleet.post("simplereenroll", "text/plain", honest()).statusCode());
    certificate(fleet.reenroll(honest()));
  }

  @Test
  void everyBitOfARequestMatters() throws Exception {
    fleet.found(TrustTier.AFFIRMING);
    byte[] der = Base64.getMimeDecoder().decode(honest());

    for (int i = 0; i < der.length; i += 7) {
      byte[] changed = der.clone();
      changed[i] ^= 1;
      int status = fleet.reenroll(Csr.base64(changed)).statusCode();
      assertTrue(status == 400 || status == 403, i + ": " + status);
    }
    assertEquals(fleet.identity, fleet.registry.get(fleet.ueid).identity());
  }

  @Test
  void aDeviceInQuarantineGetsNoneUntilItIsReleased() throws Exception {
    fleet.found(TrustTier.AFFIRMING);

    fleet.registry.change(fleet.ueid, Device.State.QUARANTINED);
    assertRefused("NOT_WELCOME", fleet.reenroll(honest()));
    fleet.registry.change(fleet.ueid, Device.State.ENROLLED);

    certificate(fleet.reenroll(honest()));
  }

  @Test
  void aRevokedDeviceGetsNone() throws Exception {
    fleet.found(TrustTier.AFFIRMING);

    fleet.registry.change(fleet.ueid, Device.State.REVOKED);

    assertRefused("NOT_WELCOME", fleet.reenroll(honest()));
  }

  @Test
  void aFirstCertificateIsNotToBeHadHere() throws Exception {
    fleet.found(TrustTier.AFFIRMING);

    assertRefused("ENROL_ELSEWHERE", fleet.post("simpleenroll", "application/pkcs10", honest()));
    assertEquals(204, fleet.get("csrattrs").statusCode());
  }

  private byte[] honest() throws Exception {
    return Csr.honest(fleet.identity, fleet.key);
  }

  private byte[] named(X509Certificate subjectOf, X509Certificate nameOf) throws Exception {
    return Csr.base64(
        Csr.der(
            subjectOf, nameOf, fleet.key.getPublic(), fleet.key.getPrivate(), "SHA256withECDSA"));
  }

  private static X509Certificate certificate(HttpResponse<byte[]> response) throws Exception {
    assertEquals(200, response.statusCode(), () -> new String(response.body(), UTF_8));
    assertEquals(
        "application/pkcs7-mime; smime-type=certs-only",
        response.headers().firstValue("Content-Type").orElseThrow());
    CMSSignedData cms = new CMSSignedData(Base64.getMimeDecoder().decode(response.body()));
    assertEquals(0, cms.getSignerInfos().size());
    var all = cms.getCertificates().getMatches(null);
    assertEquals(1, all.size());
    return new JcaX509CertificateConverter().getCertificate(all.iterator().next());
  }

  private static void assertRefused(String code, HttpResponse<byte[]> response) {
    String body = new String(response.body(), UTF_8);
    assertEquals(403, response.statusCode(), body);
    assertTrue(body.startsWith("{\"error\":\"" + code + "\""), body);
  }
}
