// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.est;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.database.Databases;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.protocol.result.TrustTier;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Upon which evidence a certificate is renewed. */
final class EvidenceGateTest {
  @TempDir private Path folder;

  @Test
  void withoutEvidenceThereIsNone() throws Exception {
    try (EstFleet fleet = new EstFleet(folder, Protection.Kind.TPM2)) {
      assertRefused("EVIDENCE_NEEDED", fleet);
    }
  }

  @Test
  void evidenceThatIsTooOldIsNone() throws Exception {
    try (EstFleet fleet = new EstFleet(folder, Protection.Kind.TPM2)) {
      fleet.found(TrustTier.AFFIRMING);
      fleet.clock.advance(Duration.ofMinutes(61));

      assertRefused("EVIDENCE_NEEDED", fleet);
    }
  }

  // Attack: a clock that went years ahead once must not renew for years.
  @Test
  void aResultFromTheFutureIsNone() throws Exception {
    try (EstFleet fleet = new EstFleet(folder, Protection.Kind.TPM2)) {
      fleet.found(fleet.clock.instant().plus(Duration.ofDays(3650)), TrustTier.AFFIRMING);

      assertRefused("EVIDENCE_NEEDED", fleet);
    }
  }

  @Test
  void anOlderResultNeverReplacesANewerOne() throws Exception {
    try (EstFleet fleet = new EstFleet(folder, Protection.Kind.TPM2)) {
      fleet.found(TrustTier.CONTRAINDICATED, "X");
      fleet.found(fleet.clock.instant().minusSeconds(60), TrustTier.AFFIRMING);

      assertRefused("EVIDENCE_NOT_GOOD", fleet);
    }
  }

  @Test
  void ofAChipAWarningIsNotEnough() throws Exception {
    try (EstFleet fleet = new EstFleet(folder, Protection.Kind.TPM2)) {
      fleet.found(TrustTier.WARNING, "AGENT_PCR");
      assertRefused("EVIDENCE_NOT_GOOD", fleet);
    }
  }

  @Test
  void ofAChipThatTheOperatorAllowedTheMissingCertificateAloneIsTolerated() throws Exception {
    try (EstFleet fleet = new EstFleet(folder, Protection.Kind.TPM2)) {
      fleet.found(TrustTier.WARNING, Device.NO_EK_CERTIFICATE, Device.NO_EK_CERTIFICATE);
      assertRefused("EVIDENCE_NOT_GOOD", fleet);

      fleet.loseCertificate();
      assertEquals(200, renew(fleet).statusCode());

      fleet.clock.advance(Duration.ofSeconds(1));
      fleet.found(TrustTier.WARNING, Device.NO_EK_CERTIFICATE, "PCR_DIFFERS");
      assertRefused("EVIDENCE_NOT_GOOD", fleet);
      fleet.clock.advance(Duration.ofSeconds(1));
      fleet.found(TrustTier.CONTRAINDICATED, Device.NO_EK_CERTIFICATE);
      assertRefused("EVIDENCE_NOT_GOOD", fleet);
      fleet.clock.advance(Duration.ofSeconds(1));
      fleet.found(TrustTier.WARNING);
      assertRefused("EVIDENCE_NOT_GOOD", fleet);
    }
  }

  @Test
  void aResultThatSaysNothingIsNotEnoughForAnybody() throws Exception {
    try (EstFleet fleet =
        new EstFleet(folder, Protection.Kind.SOFTWARE, Protection.Kind.SOFTWARE)) {
      fleet.found(TrustTier.NONE);
      assertRefused("EVIDENCE_NOT_GOOD", fleet);
    }
  }

  @Test
  void aTokensWarningIsEnoughWhereTokensAreAccepted() throws Exception {
    try (EstFleet fleet = new EstFleet(folder, Protection.Kind.PKCS11, Protection.Kind.PKCS11)) {
      fleet.found(TrustTier.WARNING, "NO_CHIP");
      assertEquals(200, renew(fleet).statusCode());
      fleet.clock.advance(Duration.ofSeconds(1));
      fleet.found(TrustTier.CONTRAINDICATED, "BAD");
      assertRefused("EVIDENCE_NOT_GOOD", fleet);
    }
  }

  @Test
  void aTokenThatIsNotAcceptedAnyMoreIsNotRenewed() throws Exception {
    try (EstFleet fleet = new EstFleet(folder, Protection.Kind.PKCS11, Protection.Kind.SOFTWARE)) {
      fleet.found(TrustTier.WARNING, "NO_CHIP");
      assertRefused("KEYSTORE_NOT_ACCEPTED", fleet);
    }
  }

  @Test
  void aGoldenDeviceLivesOnUntilItsReferenceValuesExist() throws Exception {
    try (EstFleet fleet = new EstFleet(folder, Protection.Kind.TPM2)) {
      fleet.found(TrustTier.WARNING, "NO_REFERENCE");
      assertRefused("EVIDENCE_NOT_GOOD", fleet);

      fleet.becomeGolden();
      assertEquals(200, renew(fleet).statusCode());

      fleet.clock.advance(Duration.ofSeconds(1));
      fleet.found(TrustTier.WARNING, "PCR_DIFFERS");
      assertRefused("EVIDENCE_NOT_GOOD", fleet);
    }
  }

  @Test
  void whoReleasesAGoldenDeviceMakesItLikeAnyOther() throws Exception {
    try (EstFleet fleet = new EstFleet(folder, Protection.Kind.TPM2)) {
      fleet.becomeGolden();
      assertTrue(fleet.registry.get(fleet.ueid).golden());

      fleet.registry.change(fleet.ueid, Device.State.ENROLLED);
      fleet.found(TrustTier.WARNING, "NO_REFERENCE");

      assertRefused("EVIDENCE_NOT_GOOD", fleet);
    }
  }

  // Attack: whoever can write into the database writes a good result, newer than all of ours.
  @Test
  void aResultThatOurVerifierDidNotSignIsNone() throws Exception {
    try (EstFleet fleet = new EstFleet(folder, Protection.Kind.TPM2)) {
      fleet.forgeResult("no.jwt.atall");
      assertRefused("EVIDENCE_NEEDED", fleet);

      OperatorKeys keys = new OperatorKeys(fleet.directory);
      keys.create("keys/thief", EstFleet.RANDOM);
      String forged =
          EstFleet.result(fleet.ueid, fleet.clock.instant(), TrustTier.AFFIRMING)
              .sign(keys.signer("keys/thief"));
      fleet.forgeResult(forged);
      assertRefused("EVIDENCE_NEEDED", fleet);

      fleet.found(TrustTier.AFFIRMING);
      assertEquals(200, renew(fleet).statusCode());
    }
  }

  // Attack: the good result of another device, under this one's name.
  @Test
  void anotherDevicesResultIsNone() throws Exception {
    try (EstFleet fleet = new EstFleet(folder, Protection.Kind.TPM2)) {
      Ueid other = Ueid.of((ECPublicKey) OperatorKeys.p256(EstFleet.RANDOM).getPublic());
      fleet.results.keep(EstFleet.result(other, fleet.clock.instant(), TrustTier.AFFIRMING));
      Databases.forge(fleet.directory, "UPDATE result SET device = ?", fleet.ueid.text());

      assertRefused("EVIDENCE_NEEDED", fleet);
    }
  }

  private static HttpResponse<byte[]> renew(EstFleet fleet) throws Exception {
    return fleet.reenroll(Csr.honest(fleet.identity, fleet.key));
  }

  private static void assertRefused(String code, EstFleet fleet) throws Exception {
    HttpResponse<byte[]> response = renew(fleet);
    String body = new String(response.body(), StandardCharsets.UTF_8);
    assertEquals(403, response.statusCode(), body);
    assertTrue(body.startsWith("{\"error\":\"" + code + "\""), body);
  }
}
