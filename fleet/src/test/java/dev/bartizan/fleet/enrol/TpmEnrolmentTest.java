// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.EnrolmentClaims;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.crypto.tpm.KeyAttribute;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.MovableClock;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.Endorsement;
import dev.bartizan.protocol.enrolment.BeginReply;
import dev.bartizan.protocol.enrolment.BeginRequest;
import dev.bartizan.protocol.enrolment.FinishRequest;
import dev.bartizan.protocol.enrolment.Grant;
import dev.bartizan.protocol.jws.SpiffeId;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class TpmEnrolmentTest {
  private static Swtpm chip;
  private static Swtpm otherChip;
  private static DeviceKeystore device;
  private static DeviceKeystore otherDevice;

  private final MovableClock clock = new MovableClock();
  @TempDir private Path folder;
  private FleetOfOne fleet;

  @BeforeAll
  static void powerOn() throws Exception {
    chip = Swtpm.manufacture();
    otherChip = Swtpm.manufacture();
    device = FleetOfOne.device(chip);
    otherDevice = FleetOfOne.device(otherChip);
  }

  @AfterAll
  static void powerOff() throws Exception {
    chip.close();
    otherChip.close();
  }

  @BeforeEach
  void found() throws Exception {
    fleet = new FleetOfOne(folder, chip, clock);
  }

  @Test
  void aGenuineChipGetsCertificatesForItsOwnKeys() throws Exception {
    Grant grant = fleet.enrol(device);

    X509Certificate identity = Pem.certificates(grant.identityChain(), "grant").get(0);
    X509Certificate unwrap = Pem.certificates(grant.unwrapCertificate(), "grant").get(0);
    assertEquals(new SpiffeId("fleet.example", device.ueid()), SpiffeId.of(identity));
    assertEquals(device.publicKey(KeyPurpose.IDENTITY), identity.getPublicKey());
    assertEquals(device.publicKey(KeyPurpose.UNWRAP), unwrap.getPublicKey());
    Device known = fleet.registry().get(device.ueid());
    assertEquals(Device.State.ENROLLED, known.state());
    assertEquals(Protection.Kind.TPM2, known.keystore());
    assertEquals(
        device.enrolmentClaims(Bytes.empty()).attestationKey(),
        known.chip().orElseThrow().attestationKey());
  }

  @Test
  void aDeviceMayEnrolAgain() throws Exception {
    fleet.enrol(device);
    clock.advance(Duration.ofDays(6));

    fleet.enrol(device);

    assertEquals(clock.instant(), fleet.registry().get(device.ueid()).enrolledAt());
  }

  // Attack: a chip of one's own, for example a software TPM.
  @Test
  void aChipOfAnUnknownMakerIsRefused() throws Exception {
    fleet.disownMaker();

    refused("UNKNOWN_CHIP", () -> fleet.enrol(device));
  }

  // Attack: somebody else's EK certificate, which anybody can read from his chip.
  @Test
  void theCertificateOfAnotherChipIsRefused() throws Exception {
    BeginRequest own = FleetOfOne.introduction(otherDevice, Optional.empty());
    BeginRequest genuine = FleetOfOne.introduction(device, Optional.empty());

    refused(
        "UNKNOWN_CHIP",
        () ->
            fleet
                .desk()
                .begin(
                    new BeginRequest(
                        Optional.empty(),
                        genuine.endorsementCertificate(),
                        List.of(),
                        own.endorsementKey(),
                        own.attestationKey(),
                        Optional.empty())));
  }

  // Attack: the genuine chip's public data, but keys elsewhere.
  @Test
  void whoCannotOpenTheCredentialIsRefusedAndTheSessionIsOver() throws Exception {
    TpmEnrolment desk = fleet.desk();
    BeginReply challenge = desk.begin(FleetOfOne.introduction(device, Optional.empty()));
    EnrolmentClaims claims = device.enrolmentClaims(challenge.nonce());
    FinishRequest guess =
        new FinishRequest(
            challenge.session(), Bytes.of(new byte[32]), claims.identity(), claims.unwrap());

    refused("WRONG_SECRET", () -> desk.finish(guess));
    refused("NO_SESSION", () -> desk.finish(FleetOfOne.answer(device, challenge)));
  }

  // Attack: certifications recorded in an earlier session.
  @Test
  void keysCertifiedForAnotherSessionAreRefused() throws Exception {
    TpmEnrolment desk = fleet.desk();
    BeginReply earlier = desk.begin(FleetOfOne.introduction(device, Optional.empty()));
    FinishRequest recorded = FleetOfOne.answer(device, earlier);
    BeginReply challenge = desk.begin(FleetOfOne.introduction(device, Optional.empty()));
    FinishRequest fresh = FleetOfOne.answer(device, challenge);

    refused(
        "BAD_KEY",
        () ->
            desk.finish(
                new FinishRequest(
                    challenge.session(), fresh.secret(), recorded.identity(), recorded.unwrap())));
  }

  // Attack: an unwrap key that the daemon's password opens in any boot state.
  @Test
  void aKeyForAnotherPurposeIsRefused() throws Exception {
    TpmEnrolment desk = fleet.desk();
    BeginReply challenge = desk.begin(FleetOfOne.introduction(device, Optional.empty()));
    FinishRequest honest = FleetOfOne.answer(device, challenge);

    refused(
        "TPM_WRONG_ATTRIBUTES",
        () ->
            desk.finish(
                new FinishRequest(
                    honest.session(), honest.secret(), honest.identity(), honest.identity())));
  }

  // Attack: keys in a second chip beside the genuine one.
  @Test
  void keysCertifiedByAnotherChipAreRefused() throws Exception {
    TpmEnrolment desk = fleet.desk();
    BeginReply challenge = desk.begin(FleetOfOne.introduction(device, Optional.empty()));
    FinishRequest honest = FleetOfOne.answer(device, challenge);
    EnrolmentClaims foreign = otherDevice.enrolmentClaims(challenge.nonce());

    refused(
        "TPM_BAD_SIGNATURE",
        () ->
            desk.finish(
                new FinishRequest(
                    honest.session(), honest.secret(), foreign.identity(), foreign.unwrap())));
  }

  // Attack: one chip under many names, by shades of its endorsement key's public area.
  @Test
  void anEndorsementKeyOfANonStandardKindIsRefused() throws Exception {
    BeginRequest honest = FleetOfOne.introduction(device, Optional.empty());
    TpmPublic key = TpmPublic.parse(honest.endorsementKey());
    Set<KeyAttribute> shade = EnumSet.copyOf(key.attributes());
    shade.add(KeyAttribute.NO_DA);
    TpmPublic shaded = new TpmPublic(key.nameHash(), shade, key.policy(), key.parameters());

    refused(
        "UNKNOWN_CHIP",
        () ->
            fleet
                .desk()
                .begin(
                    new BeginRequest(
                        Optional.empty(),
                        honest.endorsementCertificate(),
                        List.of(),
                        shaded.encode(),
                        honest.attestationKey(),
                        Optional.empty())));
  }

  @Test
  void aSessionEndsAfterTwoMinutes() throws Exception {
    TpmEnrolment desk = fleet.desk();
    BeginReply challenge = desk.begin(FleetOfOne.introduction(device, Optional.empty()));
    FinishRequest answer = FleetOfOne.answer(device, challenge);
    clock.advance(Duration.ofMinutes(2));

    refused("NO_SESSION", () -> desk.finish(answer));
  }

  @Test
  void aTokenAdmitsOneDeviceOnce() throws Exception {
    TpmEnrolment desk = fleet.deskWithTokens();
    Optional<String> token =
        Optional.of(fleet.tokens().create(FleetOfOne.RANDOM, Duration.ofHours(1)));

    refused("BAD_TOKEN", () -> FleetOfOne.enrol(device, desk, Optional.empty()));
    refused("BAD_TOKEN", () -> FleetOfOne.enrol(device, desk, Optional.of("guess")));
    FleetOfOne.enrol(device, desk, token);

    Refusal again = assertThrows(Refusal.class, () -> FleetOfOne.enrol(device, desk, token));
    assertEquals("BAD_TOKEN", again.code());
    assertTrue(fleet.directory().list("tokens", ".json").isEmpty());
  }

  @Test
  void aTokenThatIsTooOldIsRefused() throws Exception {
    String token = fleet.tokens().create(FleetOfOne.RANDOM, Duration.ofHours(1));
    clock.advance(Duration.ofHours(1));

    refused(
        "BAD_TOKEN", () -> FleetOfOne.enrol(device, fleet.deskWithTokens(), Optional.of(token)));
  }

  @Test
  void aRevokedDeviceIsNotWelcome() throws Exception {
    fleet.enrol(device);
    fleet.registry().change(device.ueid(), Device.State.REVOKED);

    Refusal refusal = assertThrows(Refusal.class, () -> fleet.enrol(device));

    assertEquals("NOT_WELCOME", refusal.code());
    assertEquals(Device.State.REVOKED, fleet.registry().get(device.ueid()).state());
  }

  // Attack: a chip has two endorsement keys, and certificates of its maker for both.
  @Test
  void aChipThatWasRevokedUnderOneOfItsKeysDoesNotComeBackUnderAnother() throws Exception {
    fleet.enrol(device);
    fleet.registry().change(device.ueid(), Device.State.REVOKED);
    DeviceKeystore again = FleetOfOne.device(chip, EndorsementKind.RSA_2048);
    assertNotEquals(device.ueid(), again.ueid());

    Refusal refusal = assertThrows(Refusal.class, () -> fleet.enrol(again));

    assertEquals("OTHER_ENDORSEMENT_KEY", refusal.code(), refusal.getMessage());
    assertEquals(
        Set.of(device.ueid()),
        fleet.registry().all().stream().map(Device::ueid).collect(Collectors.toSet()));
  }

  @Test
  void aKeyOfTheHighRangeEnrolsWhereItsMakerIsBelievedForIt() throws Exception {
    DeviceKeystore high = FleetOfOne.device(otherChip, EndorsementKind.ECC_P384);
    fleet.believeMaker(otherChip, "ek-roots/p-384/maker.pem");

    fleet.enrol(high);

    assertEquals(Device.State.ENROLLED, fleet.registry().get(high.ueid()).state());
    Refusal refusal = assertThrows(Refusal.class, () -> fleet.enrol(otherDevice));
    assertEquals("OTHER_ENDORSEMENT_KEY", refusal.code());
  }

  @Test
  void aChipThatNoMakerHasCertifiedEnrolsWhileTheOperatorAllowsItsKeyAndTheRegistrySaysSo()
      throws Exception {
    AllowedChips allowed = new AllowedChips(fleet.directory());
    try (Swtpm bare = Swtpm.uncertified()) {
      DeviceKeystore keystore = FleetOfOne.device(bare);
      Digest key = FleetOfOne.endorsementDigest(keystore);

      Refusal stranger = assertThrows(Refusal.class, () -> fleet.enrol(keystore));
      assertEquals("NO_EK_CERTIFICATE", stranger.code());
      assertTrue(String.valueOf(stranger.getMessage()).endsWith("allow " + key.hex()));
      assertTrue(fleet.registry().all().isEmpty());

      allowed.allow(key, clock.instant());
      fleet.enrol(keystore);
      Device known = fleet.registry().get(keystore.ueid());
      Endorsement vouched = known.chip().orElseThrow().endorsement();
      assertEquals(new Endorsement(Endorsement.By.OPERATOR, key), vouched);
      assertEquals(key.hex(), known.toJson().get("ek_allowed_sha256").textValue());
      assertFalse(known.toJson().has("ek_certificate_sha256"));

      allowed.disallow(key);
      Refusal again = assertThrows(Refusal.class, () -> fleet.enrol(keystore));
      assertEquals("NO_EK_CERTIFICATE", again.code());
    }
  }

  // Attack: a chip leaves its certificate at home to come in by somebody else's permission.
  @Test
  void anotherChipDoesNotEnrolByTheKeyThatIsAllowed() throws Exception {
    new AllowedChips(fleet.directory())
        .allow(FleetOfOne.endorsementDigest(device), clock.instant());
    BeginRequest own = FleetOfOne.withoutCertificate(otherDevice);
    BeginRequest allowed = FleetOfOne.withoutCertificate(device);
    BeginRequest borrowed =
        new BeginRequest(
            Optional.empty(),
            Optional.empty(),
            List.of(),
            allowed.endorsementKey(),
            own.attestationKey(),
            Optional.empty());

    refused("NO_EK_CERTIFICATE", () -> fleet.desk().begin(own));
    TpmEnrolment desk = fleet.desk();
    BeginReply challenge = desk.begin(borrowed);
    refused("CREDENTIAL_REJECTED", () -> desk.finish(FleetOfOne.answer(otherDevice, challenge)));
  }

  // Attack: one chip under many names, by shades of the key that is allowed.
  @Test
  void aShadeOfTheAllowedKeyIsRefused() throws Exception {
    new AllowedChips(fleet.directory())
        .allow(FleetOfOne.endorsementDigest(device), clock.instant());
    BeginRequest honest = FleetOfOne.withoutCertificate(device);
    TpmPublic key = TpmPublic.parse(honest.endorsementKey());
    Set<KeyAttribute> shade = EnumSet.copyOf(key.attributes());
    shade.add(KeyAttribute.NO_DA);
    TpmPublic shaded = new TpmPublic(key.nameHash(), shade, key.policy(), key.parameters());

    refused(
        "UNKNOWN_CHIP",
        () ->
            fleet
                .desk()
                .begin(
                    new BeginRequest(
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        shaded.encode(),
                        honest.attestationKey(),
                        Optional.empty())));
  }

  private void refused(String code, Executable attempt) throws Exception {
    Refusal refusal = assertThrows(Refusal.class, attempt);
    assertEquals(code, refusal.code(), refusal.getMessage());
    assertTrue(fleet.registry().all().isEmpty(), "nobody was taken in");
  }
}
