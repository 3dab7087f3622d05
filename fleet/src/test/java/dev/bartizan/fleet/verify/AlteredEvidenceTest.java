// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.AcceptedBoot;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.ExpectedEvent;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.eventlog.FirmwareBoot;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Quote;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.result.TrustTier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Any one thing altered: of the log of the boot, the agent's, the values, what is known of them.
 */
class AlteredEvidenceTest extends EnrolledDevice {
  private static final int NO_ACTION = 3;
  private static final int HEADER_END = 32;
  private static final int DIGEST_AND_COUNT = 12 + 2 + 32;

  /** Where each event of a log in the SHA-256 bank alone begins, and the end of the last. */
  private static List<Integer> events(Bytes log) {
    ByteBuffer in = ByteBuffer.wrap(log.toArray()).order(ByteOrder.LITTLE_ENDIAN);
    List<Integer> starts = new ArrayList<>();
    int at = HEADER_END + in.getInt(HEADER_END - 4);
    while (at < log.length()) {
      starts.add(at);
      at += DIGEST_AND_COUNT + 4 + in.getInt(at + DIGEST_AND_COUNT);
    }
    starts.add(at);
    return starts;
  }

  private static int type(Bytes log, int at) {
    return ByteBuffer.wrap(log.toArray()).order(ByteOrder.LITTLE_ENDIAN).getInt(at + 4);
  }

  private static Evidence with(Evidence evidence, byte[] bootLog) {
    return new Evidence(
        evidence.eat(), evidence.quote(), evidence.log(), BootLogs.of(Bytes.of(bootLog)));
  }

  private void notAffirmed(String what, Evidence evidence) throws Exception {
    assertNotEquals(TrustTier.AFFIRMING, appraise(evidence).result().status(), what);
    assertNotEquals(List.of(), appraise(evidence).result().reasons(), what);
  }

  // Attack: an event of the boot left out, moved, or changed in what it measures or into what.
  @Test
  void eachEventOfTheBootLeftOutOrAlteredIsMissed() throws Exception {
    Evidence good = evidence();
    Bytes log = golden.firmware().orElseThrow();
    List<Integer> starts = events(log);
    assertEquals(log.length(), starts.get(starts.size() - 1), "the walk through the log is right");
    int measured = 0;
    for (int index = 0; index + 1 < starts.size(); index++) {
      int at = starts.get(index);
      if (type(log, at) == NO_ACTION) {
        continue;
      }
      measured++;
      byte[] whole = log.toArray();
      byte[] without = Arrays.copyOf(whole, whole.length - (starts.get(index + 1) - at));
      System.arraycopy(
          whole, starts.get(index + 1), without, at, whole.length - starts.get(index + 1));
      notAffirmed("without event " + index, with(good, without));
      for (int octet : new int[] {0, 14, 45}) {
        byte[] altered = whole.clone();
        altered[at + octet] ^= 1;
        notAffirmed("event " + index + " altered at " + octet, with(good, altered));
      }
    }
    assertTrue(measured > 20, measured + " events");
  }

  // Attack: a measurement is said to be of the kind that measures nothing.
  @Test
  void eachEventThatMasqueradesAsOneThatExtendsNothingIsMissed() throws Exception {
    Evidence good = evidence();
    Bytes log = golden.firmware().orElseThrow();
    List<Integer> starts = events(log);
    for (int index = 0; index + 1 < starts.size(); index++) {
      byte[] masked = log.toArray();
      ByteBuffer bytes = ByteBuffer.wrap(masked).order(ByteOrder.LITTLE_ENDIAN);
      if (bytes.getInt(starts.get(index) + 4) != NO_ACTION) {
        bytes.putInt(starts.get(index) + 4, NO_ACTION);
        notAffirmed("event " + index, with(good, masked));
      }
    }
  }

  // Attack: the logs of a device that is good, beside the quote of one that is not.
  @Test
  void theLogsOfAnotherDeviceExplainNothing() throws Exception {
    BootLogs others = BootLogs.of(FirmwareBoot.log("kernel 2", LogHash.SHA256));
    Evidence good = evidence();
    notAffirmed("boot", new Evidence(good.eat(), good.quote(), good.log(), others));
    AgentLog log = AgentLog.empty(good.log().pcr()).plus(SOFTWARE).plus(POLICY);
    notAffirmed(
        "agent",
        new Evidence(
            good.eat(),
            good.quote(),
            log.plus(AgentEvent.model("defect", "2.0.0", Digest.of(new byte[] {9}))),
            golden));
  }

  @Test
  void eachEventOfTheAgentAlteredIsMissed() throws Exception {
    Evidence good = evidence();
    for (int at = 0; at < log.events().size(); at++) {
      AgentEvent event = log.events().get(at);
      for (AgentEvent other :
          List.of(
              new AgentEvent(event.kind(), Digest.of(new byte[] {7}), event.description()),
              new AgentEvent(event.kind(), event.digest(), event.description() + " "),
              new AgentEvent(
                  event.kind() == AgentEvent.Kind.POLICY
                      ? AgentEvent.Kind.SOFTWARE
                      : AgentEvent.Kind.POLICY,
                  event.digest(),
                  event.description()))) {
        List<AgentEvent> events = new ArrayList<>(log.events());
        events.set(at, other);
        notAffirmed(
            other.toString(),
            new Evidence(good.eat(), good.quote(), new AgentLog(log.pcr(), events), golden));
      }
    }
  }

  @Test
  void eachValueAlteredIsNotQuoted() throws Exception {
    Evidence good = evidence();
    Quote quote = good.quote().orElseThrow();
    for (int at = 0; at < quote.values().values().size(); at++) {
      List<Bytes> values = new ArrayList<>(quote.values().values());
      byte[] value = values.get(at).toArray();
      value[31] ^= 1;
      values.set(at, Bytes.of(value));
      Quote altered =
          new Quote(
              quote.attest(),
              quote.signature(),
              quote.attestationKey(),
              new PcrValues(quote.values().selection(), values));
      reasonOf(
          "PCRS_NOT_QUOTED",
          TrustTier.CONTRAINDICATED,
          new Evidence(good.eat(), Optional.of(altered), good.log(), golden));
    }
  }

  // The other way round: what is known is not what the device has.
  @Test
  void eachReferenceAlteredIsNotMet() throws Exception {
    Evidence good = evidence();
    AcceptedBoot known = learned(golden).boots().get(0);
    for (String pcr : known.values().keySet()) {
      Map<String, Set<String>> values = new TreeMap<>(known.values());
      values.put(pcr, Set.of("ee".repeat(32)));
      Map<String, List<ExpectedEvent>> events = new TreeMap<>(known.events());
      if (events.containsKey(pcr)) {
        List<ExpectedEvent> others = new ArrayList<>(events.get(pcr));
        others.set(0, new ExpectedEvent(Bytes.of(new byte[32]), others.get(0).meaning(), false));
        events.put(pcr, others);
      }
      know(
          new ReferenceValues(
              "default",
              List.of(new AcceptedBoot(values, events, known.secureBoot(), known.open()))));
      notAffirmed(pcr, good);
    }
    learn(golden);
    assertEquals(TrustTier.AFFIRMING, appraise(good).result().status());
  }

  // Attack: members of the collection in each other's place.
  @Test
  void swappedMembersAreNotAffirmed() throws Exception {
    ObjectMapper json = new ObjectMapper();
    byte[] good = evidence().write();
    List<String> members = new ArrayList<>();
    json.readTree(good).fieldNames().forEachRemaining(members::add);
    members.remove("__cmwc_t");
    assertEquals(4, members.size(), members::toString);
    for (String one : members) {
      for (String other : members) {
        if (!one.equals(other)) {
          ObjectNode swapped = (ObjectNode) json.readTree(good);
          JsonNode first = swapped.get(one);
          swapped.set(one, swapped.get(other));
          swapped.set(other, first);
          assertRefusedOrNotAffirmed(one + " and " + other, json.writeValueAsBytes(swapped));
        }
      }
      ObjectNode fewer = (ObjectNode) json.readTree(good);
      fewer.remove(one);
      assertRefusedOrNotAffirmed("without " + one, json.writeValueAsBytes(fewer));
    }
  }

  private void assertRefusedOrNotAffirmed(String what, byte[] cmw) throws Exception {
    Evidence read;
    try {
      read = Evidence.read(cmw);
    } catch (Malformed refused) {
      assertTrue(String.valueOf(refused.getMessage()).contains("evidence"), refused::getMessage);
      return;
    }
    notAffirmed(what, read);
  }
}
