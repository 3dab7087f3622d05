// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.CompactEvidence;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.HealthClaims;
import dev.bartizan.protocol.evidence.KnownLogs;
import dev.bartizan.protocol.evidence.MissingLogs;
import dev.bartizan.protocol.evidence.ModelState;
import dev.bartizan.protocol.result.TrustTier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Evidence on a narrow link. */
class CompactEvidenceTest extends EnrolledDevice {
  /** What Eclipse Hono's MQTT adapter takes as one message unless it is told otherwise. */
  private static final int ONE_MESSAGE = 2048;

  private static KnownLogs logsOf(Evidence evidence) {
    Map<Digest, Bytes> logs = new HashMap<>();
    CompactEvidence.logs(evidence).forEach(log -> logs.put(Digest.of(log.toArray()), log));
    return digest -> Optional.ofNullable(logs.get(digest));
  }

  private static Evidence travelled(Evidence evidence, KnownLogs known) throws Exception {
    return CompactEvidence.read(CompactEvidence.of(evidence).write()).complete(known);
  }

  @Test
  void aVerifierThatHoldsTheLogsHasAllOfIt() throws Exception {
    Evidence whole = evidence();

    Evidence completed = travelled(whole, logsOf(whole));

    assertEquals(whole, completed);
    assertEquals(TrustTier.AFFIRMING, appraise(completed).result().status());
  }

  @Test
  void withoutALogFromTheBootTheValuesTravel() throws Exception {
    Evidence whole = evidence(BootLogs.none());
    assertEquals(whole, travelled(whole, digest -> Optional.empty()));
  }

  @Test
  void aLogThatExplainsOnlyAPartLeavesTheRestToTravel() throws Exception {
    device.measure(8, Digest.of(new byte[] {1}));
    Evidence whole = evidence();
    assertEquals(whole, travelled(whole, logsOf(whole)));
  }

  @Test
  void aVerifierThatLacksALogAsksForIt() throws Exception {
    Evidence whole = evidence();
    Bytes firmware = golden.firmware().orElseThrow();

    MissingLogs missing =
        assertThrows(MissingLogs.class, () -> travelled(whole, digest -> Optional.empty()));

    assertEquals(List.of(Digest.of(firmware.toArray())), missing.digests());
  }

  @Test
  void aLongLogOfTheAgentTravelsByItsDigestToo() throws Exception {
    for (int i = 0; i < 30; i++) {
      measure(
          AgentEvent.model(
              "model-" + i, "1.0.0", Digest.of(("m" + i).getBytes(StandardCharsets.UTF_8))));
    }
    Evidence whole = evidence();

    MissingLogs missing =
        assertThrows(MissingLogs.class, () -> travelled(whole, digest -> Optional.empty()));

    assertEquals(2, missing.digests().size());
    assertEquals(whole, travelled(whole, logsOf(whole)));
  }

  @Test
  void aReportOfThreeModelsIsOneMessage() throws Exception {
    measure(AgentEvent.model("speech", "1.4.0", RELEASE));
    measure(AgentEvent.model("vibration", "10.2.1", RELEASE));

    int length = CompactEvidence.of(evidence(busy())).write().length();

    assertTrue(length <= ONE_MESSAGE, length + " bytes");
  }

  /** All that a daemon says of itself in ordinary service. */
  private static HealthClaims busy() {
    Map<String, HealthClaims.Outcome> checks = new TreeMap<>();
    for (String check :
        List.of(
            "boot-chain",
            "alarms",
            "safeguard-core-dumps",
            "safeguard-locked-memory",
            "safeguard-ptrace",
            "safeguard-swap")) {
      checks.put(check, HealthClaims.Outcome.SUCCESS);
    }
    Map<String, Long> counters = new TreeMap<>();
    for (String model : List.of("defect", "speech", "vibration")) {
      counters.put(model + ".answered", 1_234_567L);
      counters.put(model + ".failed", 17L);
      counters.put(model + ".refused", 4L);
    }
    return new HealthClaims(
        "1.0.0",
        Duration.ofDays(90),
        "tpm2",
        List.of(
            new ModelState("defect", "2.1.0", RELEASE, ModelState.State.ACTIVE),
            new ModelState("speech", "1.4.0", RELEASE, ModelState.State.PROBATION),
            new ModelState("vibration", "10.2.1", RELEASE, ModelState.State.PREVIOUS)),
        checks,
        Optional.of(POLICY.digest()),
        Optional.of(RELEASE),
        counters);
  }

  // Attack: somebody on the way changes any one bit.
  @Test
  void noBitChangedOnTheWayIsAffirmed() throws Exception {
    Evidence whole = evidence();
    KnownLogs known = logsOf(whole);
    byte[] good = CompactEvidence.of(whole).write().toArray();
    for (int i = 0; i < good.length; i++) {
      byte[] changed = good.clone();
      changed[i] ^= (byte) (1 << (i % 8));
      assertNotAffirmed(changed, known, "byte " + i);
    }
  }

  private void assertNotAffirmed(byte[] cmw, KnownLogs known, String what) throws Exception {
    TrustTier status;
    try {
      status = appraise(CompactEvidence.read(Bytes.of(cmw)).complete(known)).result().status();
    } catch (Refusal refused) {
      return;
    }
    assertNotEquals(TrustTier.AFFIRMING, status, what);
    assertNotEquals(TrustTier.NONE, status, what);
  }
}
