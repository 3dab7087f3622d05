// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.envelope.ContentKeyWrapper;
import dev.bartizan.crypto.envelope.KeyEnvelope;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.attest.Attestation;
import dev.bartizan.fleet.attest.AttestationRefusal;
import dev.bartizan.fleet.broker.AttestedKeys;
import dev.bartizan.fleet.broker.KeyLog;
import dev.bartizan.fleet.broker.KeyLogBroken;
import dev.bartizan.fleet.broker.KeyRefusal;
import dev.bartizan.fleet.broker.KeyRelease;
import dev.bartizan.fleet.broker.WrappedKey;
import dev.bartizan.fleet.broker.WrappedKeyVault;
import dev.bartizan.fleet.database.Databases;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.CompactEvidence;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.release.KeyDelivery;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Content keys against evidence, and nothing else. */
class AttestedKeysTest extends EnrolledDevice {
  private static final Digest OTHER =
      Digest.of("release.json of speech 1.0.0".getBytes(StandardCharsets.UTF_8));

  private AttestedKeys keys;
  private KeyLog record;
  private Device known;

  @BeforeEach
  void serve() throws Exception {
    WrappedKeyVault vault = new WrappedKeyVault(fleet.directory(), new SecureRandom());
    vault.follow(Map.of(RELEASE, wrapped(), OTHER, wrapped()));
    record = Databases.of(fleet.directory()).keyLog();
    Attestation attestation =
        new Attestation(
            fleet.registry(),
            new FileReferences(fleet.directory()),
            Databases.of(fleet.directory()).results(),
            Databases.of(fleet.directory()).logs(),
            clock,
            FleetOfOne.RANDOM);
    Bytes firmware = golden.firmware().orElseThrow();
    attestation.bring(device.ueid(), Digest.of(firmware.toArray()), firmware);
    keys = new AttestedKeys(fleet.registry(), attestation, vault, record, clock, FleetOfOne.RANDOM);
    known = fleet.registry().get(device.ueid());
  }

  private WrappedKey wrapped() throws Exception {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) 7);
    try (SecretBytes secret = SecretBytes.take(key)) {
      return new WrappedKey(
          new ContentKeyWrapper(FleetOfOne.RANDOM).wrap(secret, fleet.keys().keyBroker()),
          KeyDelivery.ATTESTED);
    }
  }

  private Bytes evidence(Nonce nonce) throws Exception {
    return CompactEvidence.of(
            new EvidenceWriter(device, BOOT)
                .write(nonce, health("1.0.0"), log, golden, clock.instant()))
        .write();
  }

  private Bytes ask(Digest release) throws Exception {
    return keys.give(known, release, evidence(keys.nonce(known, release).nonce()));
  }

  private List<KeyRelease> given() throws Exception {
    List<KeyRelease> given = new ArrayList<>();
    record.verify(given::add);
    return given;
  }

  private void refusedAs(KeyRefusal.Reason reason) {
    KeyRefusal refused = assertThrows(KeyRefusal.class, () -> ask(RELEASE));
    assertEquals(reason, refused.reason());
  }

  @Test
  void aGoodDeviceGetsTheKeyAndTheRecordSaysSo() throws Exception {
    Bytes envelope = ask(RELEASE);

    assertTrue(KeyEnvelope.parse(envelope.toArray()).isFor(known.unwrap()));
    List<KeyRelease> given = given();
    assertEquals(1, given.size());
    assertEquals(device.ueid(), given.get(0).device());
    assertEquals(RELEASE, given.get(0).release());
  }

  @Test
  void suchAKeyGoesToNobodyAheadOfItsAsking() throws Exception {
    fleet.broker().shipAll();
    assertEquals(0, fleet.broker().shipTo(device.ueid()));
    assertEquals(List.of(), fleet.directory().folders("served/keys"));
    assertEquals(Set.of(), new WrappedKeyVault(fleet.directory(), new SecureRandom()).ahead());
  }

  // Attack: a changed machine asks.
  @Test
  void aDeviceThatBootedSomethingElseGetsNone() throws Exception {
    golden = restart("kernel of somebody");
    measure();
    Bytes firmware = golden.firmware().orElseThrow();
    Databases.of(fleet.directory()).logs().keep(device.ueid(), firmware);
    refusedAs(KeyRefusal.Reason.EVIDENCE_NOT_GOOD);
    assertEquals(List.of(), given());
  }

  @Test
  void aDeviceThatLoadedAModelNobodyReleasedGetsNone() throws Exception {
    measure(AgentEvent.model("own", "1.0.0", Digest.of(new byte[] {9})));
    refusedAs(KeyRefusal.Reason.EVIDENCE_NOT_GOOD);
  }

  @Test
  void aQuarantinedDeviceGetsNone() throws Exception {
    Nonce asked = keys.nonce(known, RELEASE).nonce();
    Bytes evidence = evidence(asked);
    fleet.registry().change(device.ueid(), Device.State.QUARANTINED);

    // It was enrolled when the request came in: its standing counts when the key would go.
    KeyRefusal refused = assertThrows(KeyRefusal.class, () -> keys.give(known, RELEASE, evidence));
    assertEquals(KeyRefusal.Reason.EVIDENCE_NOT_GOOD, refused.reason());
    known = fleet.registry().get(device.ueid());
    refusedAs(KeyRefusal.Reason.NOT_WELCOME);
    assertEquals(List.of(), given());
  }

  // Attack: evidence that was shown for one key is shown for another.
  @Test
  void evidenceForOneReleaseIsNoneForAnother() throws Exception {
    Bytes evidence = evidence(keys.nonce(known, RELEASE).nonce());
    assertThrows(AttestationRefusal.class, () -> keys.give(known, OTHER, evidence));
    keys.nonce(known, OTHER);
    KeyRefusal refused = assertThrows(KeyRefusal.class, () -> keys.give(known, OTHER, evidence));
    assertEquals(KeyRefusal.Reason.EVIDENCE_NOT_GOOD, refused.reason());
  }

  @Test
  void evidenceIsGoodForOneKey() throws Exception {
    Bytes evidence = evidence(keys.nonce(known, RELEASE).nonce());
    keys.give(known, RELEASE, evidence);
    assertThrows(AttestationRefusal.class, () -> keys.give(known, RELEASE, evidence));
    assertEquals(1, given().size());
  }

  @Test
  void aReleaseNobodyGaveTheKeyOfHasNone() {
    KeyRefusal refused =
        assertThrows(KeyRefusal.class, () -> keys.nonce(known, Digest.of(new byte[] {1})));
    assertEquals(KeyRefusal.Reason.NO_KEY, refused.reason());
  }

  // Attack: a device collects keys.
  @Test
  void aDeviceGetsOnlySoManyKeysInAnHour() throws Exception {
    int given = 0;
    while (given < 100) {
      try {
        ask(RELEASE);
        given++;
      } catch (KeyRefusal enough) {
        assertEquals(KeyRefusal.Reason.TOO_MANY, enough.reason());
        break;
      }
    }
    assertEquals(given, given().size());
    assertTrue(given < 100, given + " keys");
    clock.advance(Duration.ofMinutes(61));
    ask(RELEASE);
  }

  // Attack: the last entry of the record is changed, or taken out.
  @Test
  void noKeyGoesOntoARecordWhoseEndWasChanged() throws Exception {
    ask(RELEASE);
    ask(OTHER);
    for (String forgery :
        List.of(
            "UPDATE key_release SET line = REPLACE(line, 'evidence', 'Evidence') WHERE number = 1",
            "DELETE FROM key_release WHERE number = 1")) {
      Databases.forge(fleet.directory(), forgery);
      assertThrows(KeyLogBroken.class, () -> record.verify(entry -> {}));
      assertThrows(KeyLogBroken.class, () -> ask(RELEASE));
    }
  }
}
