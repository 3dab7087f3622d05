// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.protocol.cbor.Cbor;
import dev.bartizan.protocol.cbor.CborFields;
import dev.bartizan.protocol.cbor.CborMembers;
import dev.bartizan.protocol.cbor.Label;
import java.util.ArrayList;
import java.util.List;

/**
 * The agent's log as it travels: content alone. What each event extends follows from it ({@link
 * AgentEvent#measurement}), so no digest is there to contradict it.
 */
final class AgentLogCbor {
  private static final Label PCR = Label.of(1, "pcr");
  private static final Label BANK = Label.of(2, "bank");
  private static final Label EVENTS = Label.of(3, "events");
  private static final int EVENT_MEMBERS = 3;

  private AgentLogCbor() {}

  static Bytes write(AgentLog log) {
    List<Cbor> events = new ArrayList<>();
    for (AgentEvent event : log.events()) {
      events.add(
          Cbor.array(
              Cbor.of(event.kind().number()),
              Cbor.of(event.digest().value()),
              Cbor.of(event.description())));
    }
    return new CborMembers()
        .put(PCR, log.pcr())
        .put(BANK, log.bank().id())
        .put(EVENTS, new Cbor.Array(events))
        .map()
        .write();
  }

  static AgentLog read(Bytes encoded) throws Malformed {
    CborFields log = CborFields.read(encoded, AgentLog.MAX_LENGTH, "agent log");
    List<AgentEvent> events = new ArrayList<>();
    for (Cbor event : log.array(EVENTS, AgentLog.MAX_EVENTS)) {
      events.add(event("agent log.events[" + events.size() + "]", event));
    }
    try {
      return new AgentLog(bank(log), Math.toIntExact(log.number(PCR)), events);
    } catch (IllegalArgumentException | ArithmeticException notALog) {
      throw new Malformed("agent log: " + notALog.getMessage(), notALog);
    }
  }

  private static TpmHash bank(CborFields log) throws Malformed {
    return TpmHash.find(log.number(BANK))
        .orElseThrow(() -> new Malformed("agent log.bank is none we know"));
  }

  private static AgentEvent event(String at, Cbor item) throws Malformed {
    List<Cbor> event = CborFields.array(at, item, EVENT_MEMBERS);
    if (event.size() != EVENT_MEMBERS) {
      throw new Malformed(at + " is not a kind, a digest and a description");
    }
    return new AgentEvent(
        AgentEvent.Kind.read(CborFields.number(at, event.get(0)), at),
        CborFields.digest(at, event.get(1)),
        CborFields.text(at, event.get(2), AgentEvent.MAX_DESCRIPTION));
  }
}
