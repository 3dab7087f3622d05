// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.StrictJson;
import java.util.Comparator;
import java.util.Map;

/**
 * A log as {@code bartizan eventlog --json} prints it: {@code
 * {"pcrs":{"sha256":{"0":"hex",…}},"events":[…],…}}.
 */
public final class EventLogDocument {
  private EventLogDocument() {}

  /** The whole document. */
  public static ObjectNode of(EventLog log) {
    ObjectNode document = StrictJson.object();
    ObjectNode pcrs = document.putObject("pcrs");
    log.replay()
        .banks()
        .forEach(
            (bank, values) -> {
              ObjectNode held = pcrs.putObject(bank.text());
              values.forEach((pcr, value) -> held.put(String.valueOf(pcr), value.hex()));
            });
    ArrayNode events = document.putArray("events");
    log.events().forEach(event -> put(event, events.addObject()));
    document.put("format", log.format().text());
    ArrayNode banks = document.putArray("banks");
    log.banks().forEach(bank -> banks.add(bank.text()));
    document.put("startup_locality", log.startupLocality());
    document.put("secure_boot", SecureBoot.of(log).text());
    document.put("ending", log.ending().kind().text());
    if (!log.ending().detail().isEmpty()) {
      document.put("ending_detail", log.ending().detail());
    }
    return document;
  }

  private static void put(MeasuredEvent event, ObjectNode json) {
    json.put("number", event.number());
    if (event.pcr() != MeasuredEvent.NO_PCR) {
      json.put("pcr", event.pcr());
    }
    json.put("type", event.kind().text());
    ObjectNode digests = json.putObject("digests");
    event.digests().entrySet().stream()
        .sorted(Comparator.comparing(digest -> digest.getKey().id()))
        .map(digest -> Map.entry(digest.getKey().text(), digest.getValue().hex()))
        .forEach(digest -> digests.put(digest.getKey(), digest.getValue()));
    json.put("data_bytes", event.data().length());
    json.put("data_covered", event.coverage().text());
    String text = EventText.of(event);
    if (!text.isEmpty()) {
      json.put("data_text", text);
    }
  }
}
