// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.MovableClock;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.protocol.enrolment.Grant;
import dev.bartizan.protocol.enrolment.KeysBeginReply;
import dev.bartizan.protocol.enrolment.KeysBeginRequest;
import dev.bartizan.protocol.enrolment.KeysFinishRequest;
import dev.bartizan.protocol.jws.SpiffeId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class TokenEnrolmentTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Set<Protection.Kind> SOFTWARE = Set.of(Protection.Kind.SOFTWARE);

  private static Swtpm chip;
  private static DeviceKeystore device;
  private static DeviceKeystore other;

  private final MovableClock clock = new MovableClock();
  @TempDir private Path folder;
  private FleetOfOne fleet;

  @BeforeAll
  static void makeKeys() throws Exception {
    chip = Swtpm.manufacture();
    device = FleetOfOne.softwareDevice();
    other = FleetOfOne.softwareDevice();
  }

  @AfterAll
  static void powerOff() throws Exception {
    chip.close();
  }

  @BeforeEach
  void found() throws Exception {
    fleet = new FleetOfOne(folder, chip, clock);
  }

  @Test
  void whatTheOperatorAcceptsGetsCertificatesAndIsRememberedForWhatItIs() throws Exception {
    Grant grant = fleet.enrolKeys(device, fleet.keysDesk(SOFTWARE));

    X509Certificate identity = Pem.certificates(grant.identityChain(), "grant").get(0);
    X509Certificate unwrap = Pem.certificates(grant.unwrapCertificate(), "grant").get(0);
    assertEquals(new SpiffeId("fleet.example", device.ueid()), SpiffeId.of(identity));
    assertEquals(device.publicKey(KeyPurpose.IDENTITY), identity.getPublicKey());
    assertEquals(device.publicKey(KeyPurpose.UNWRAP), unwrap.getPublicKey());
    Device known = fleet.registry().get(device.ueid());
    assertEquals(Protection.Kind.SOFTWARE, known.keystore());
    assertEquals(Optional.empty(), known.chip());
    assertEquals("software", known.toJson().path("keystore").asText());
  }

  @Test
  void whatTheOperatorDidNotNameIsRefused() throws Exception {
    refused(
        "KEYSTORE_NOT_ACCEPTED",
        () -> fleet.enrolKeys(device, fleet.keysDesk(Set.of(Protection.Kind.PKCS11))));
    refused("KEYSTORE_NOT_ACCEPTED", () -> fleet.enrolKeys(device, fleet.keysDesk(Set.of())));
    assertTrue(fleet.registry().all().isEmpty());
  }

  // Attack: anybody with a key pair introduces himself.
  @Test
  void withoutAGoodTokenNobodyIsTakenIn() throws Exception {
    TokenEnrolment desk = fleet.keysDesk(SOFTWARE);
    refused("BAD_TOKEN", () -> desk.begin(FleetOfOne.keysIntroduction(device, "guess")));
    String token = token();
    clock.advance(EnrolmentTokens.LIFETIME.plusSeconds(1));
    refused("BAD_TOKEN", () -> desk.begin(FleetOfOne.keysIntroduction(device, token)));
  }

  @Test
  void aTokenAdmitsOneDevice() throws Exception {
    TokenEnrolment desk = fleet.keysDesk(SOFTWARE);
    String token = token();
    KeysBeginReply first = desk.begin(FleetOfOne.keysIntroduction(device, token));
    KeysBeginReply second = desk.begin(FleetOfOne.keysIntroduction(other, token));
    desk.finish(FleetOfOne.keysAnswer(device, first));
    refused("BAD_TOKEN", () -> desk.finish(FleetOfOne.keysAnswer(other, second)));
    assertEquals(1, fleet.registry().all().size());
  }

  // Attack: certificates for somebody else's public keys.
  @Test
  void keysThatTheDeviceDoesNotHoldAreRefused() throws Exception {
    TokenEnrolment desk = fleet.keysDesk(SOFTWARE);
    KeysBeginReply challenge = desk.begin(FleetOfOne.keysIntroduction(device, token()));
    refused("NO_POSSESSION", () -> desk.finish(FleetOfOne.keysAnswer(other, challenge)));
    refused("NO_SESSION", () -> desk.finish(FleetOfOne.keysAnswer(device, challenge)));
  }

  @Test
  void eachKeyHasToProveItself() throws Exception {
    TokenEnrolment desk = fleet.keysDesk(SOFTWARE);
    KeysFinishRequest good = answer(desk);
    KeysFinishRequest otherUnwrap =
        new KeysFinishRequest(good.session(), good.signature(), Bytes.of(new byte[32]));
    refused("NO_POSSESSION", () -> desk.finish(otherUnwrap));
    KeysFinishRequest again = answer(desk);
    KeysFinishRequest unsigned =
        new KeysFinishRequest(again.session(), Bytes.empty(), again.proof());
    refused("NO_POSSESSION", () -> desk.finish(unsigned));
    assertTrue(fleet.registry().all().isEmpty());
  }

  // Attack: an answer recorded in an earlier session.
  @Test
  void anAnswerIsGoodForItsOwnSessionOnly() throws Exception {
    TokenEnrolment desk = fleet.keysDesk(SOFTWARE);
    KeysFinishRequest recorded = answer(desk);
    KeysBeginReply now = desk.begin(FleetOfOne.keysIntroduction(device, token()));
    refused(
        "NO_POSSESSION",
        () ->
            desk.finish(
                new KeysFinishRequest(now.session(), recorded.signature(), recorded.proof())));
  }

  @Test
  void aSessionEnds() throws Exception {
    TokenEnrolment desk = fleet.keysDesk(SOFTWARE);
    KeysFinishRequest late = answer(desk);
    clock.advance(Duration.ofMinutes(2));
    refused("NO_SESSION", () -> desk.finish(late));
  }

  @Test
  void oneKeyForTwoPurposesIsRefused() throws Exception {
    KeysBeginRequest shared =
        new KeysBeginRequest(
            token(),
            Protection.Kind.SOFTWARE,
            device.publicKey(KeyPurpose.IDENTITY),
            device.publicKey(KeyPurpose.IDENTITY));
    refused("BAD_KEY", () -> fleet.keysDesk(SOFTWARE).begin(shared));
  }

  @Test
  void aRevokedDeviceIsNotWelcome() throws Exception {
    fleet.enrolKeys(device, fleet.keysDesk(SOFTWARE));
    fleet.registry().change(device.ueid(), Device.State.REVOKED);
    refused("NOT_WELCOME", () -> fleet.enrolKeys(device, fleet.keysDesk(SOFTWARE)));
  }

  @Test
  void nothingVouchesForADeviceWhereThereAreNoTokens() throws Exception {
    TpmEnrolment.Context careless =
        new TpmEnrolment.Context(
            FleetSettings.load(fleet.directory()),
            () -> EndorsementRoots.load(fleet.directory()),
            new AllowedChips(fleet.directory()),
            Optional.empty(),
            fleet.authority(),
            fleet.registry());
    assertThrows(
        IllegalArgumentException.class,
        () -> new TokenEnrolment(careless, SOFTWARE, clock, RANDOM, ueid -> {}));
  }

  @Test
  void messagesReadBackAndHostileOnesAreRefused() throws Exception {
    KeysBeginRequest begin = FleetOfOne.keysIntroduction(device, "secret");
    assertEquals(begin, KeysBeginRequest.read(begin.write()));
    assertFalse(begin.toString().contains("secret"));
    String json = new String(begin.write(), StandardCharsets.UTF_8);
    malformed(json.replace("software", "tpm2"));
    malformed(json.replace("software", "none"));
    malformed(json.replaceFirst("\"identity\":\"....", "\"identity\":\"AAAA"));
    malformed(json.replaceFirst("....\"}$", "AAAA\"}"));
  }

  private static void malformed(String json) {
    assertThrows(
        Malformed.class, () -> KeysBeginRequest.read(json.getBytes(StandardCharsets.UTF_8)));
  }

  private KeysFinishRequest answer(TokenEnrolment desk) throws Exception {
    return FleetOfOne.keysAnswer(device, desk.begin(FleetOfOne.keysIntroduction(device, token())));
  }

  private String token() throws Exception {
    return fleet.tokens().create(RANDOM, EnrolmentTokens.LIFETIME);
  }

  private static void refused(String code, Executable deed) {
    assertEquals(code, assertThrows(Refusal.class, deed).code());
  }
}
