// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.bartizan.crypto.boot.AcceptedBoot;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.tpm.BootPcrs;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Any one thing left out of the evidence, or of what is known. */
class OmittedEvidenceTest extends EnrolledDevice {
  // Attack: any one thing left out of the evidence, or of what is known.
  @Test
  void nothingLeftOutAloneIsAffirmed() throws Exception {
    Evidence good = evidence();
    assertEquals(TrustTier.AFFIRMING, appraise(good).result().status());
    AgentLog empty = AgentLog.empty(log.pcr());
    List<Evidence> poorer = new ArrayList<>();
    poorer.add(new Evidence(good.eat(), Optional.empty(), log, golden));
    poorer.add(new Evidence(good.eat(), good.quote(), empty, golden));
    poorer.add(new Evidence(good.eat(), good.quote(), log, BootLogs.none()));
    for (int at = 0; at < log.events().size(); at++) {
      List<AgentEvent> fewer = new ArrayList<>(log.events());
      fewer.remove(at);
      AgentLog shorter = new AgentLog(log.pcr(), fewer);
      poorer.add(new Evidence(good.eat(), good.quote(), shorter, golden));
    }
    for (int pcr : BootPcrs.ALL) {
      if (pcr != log.pcr()) {
        int[] rest = BootPcrs.ALL.stream().filter(it -> it != pcr).mapToInt(it -> it).toArray();
        poorer.add(
            new EvidenceWriter(device, PcrSelection.of(TpmHash.SHA256, rest))
                .write(NONCE, health("1.0.0"), log, golden, clock.instant()));
      }
    }
    for (Evidence one : poorer) {
      assertNotAffirmed(one);
    }
    AcceptedBoot known = learned(golden).boots().get(0);
    for (String pcr : known.values().keySet()) {
      know(without(known, pcr));
      assertNotAffirmed(good);
    }
    learn(golden);
    for (String file : List.of("reference.json", "releases.json")) {
      byte[] content = fleet.directory().find(file, 1 << 20).orElseThrow();
      fleet.directory().delete(file);
      assertNotAffirmed(good);
      fleet.directory().write(file, content);
    }
    assertEquals(TrustTier.AFFIRMING, appraise(good).result().status());
  }

  private void assertNotAffirmed(Evidence evidence) throws Exception {
    AttestationResult result = appraise(evidence).result();
    assertNotEquals(TrustTier.AFFIRMING, result.status(), evidence.log().toString());
    assertNotEquals(List.of(), result.reasons());
  }
}
