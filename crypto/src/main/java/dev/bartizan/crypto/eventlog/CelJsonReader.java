// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.eventlog.EventLog.Format;
import dev.bartizan.crypto.eventlog.LogRefusal.Code;
import dev.bartizan.crypto.eventlog.MeasuredEvent.Kind;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the canonical event log in its JSON form: as one array, or as systemd writes it, record
 * after record behind a record separator and without numbers (/run/log/systemd/tpm2-measure.log).
 */
final class CelJsonReader {
  private static final byte RECORD_SEPARATOR = 0x1e;
  private static final byte LINE_FEED = '\n';
  private static final int MAX_RECORD = 256 * 1024;
  private static final int MAX_TEXT = 4096;

  private final List<MeasuredEvent> events = new ArrayList<>();

  private CelJsonReader() {}

  static EventLog read(byte[] content) throws LogRefusal {
    return content[0] == RECORD_SEPARATOR
        ? new CelJsonReader().readSequence(content)
        : new CelJsonReader().readArray(content);
  }

  /** A last record without its line feed was being written when the log was copied. */
  private EventLog readSequence(byte[] content) throws LogRefusal {
    Ending ending = Ending.COMPLETE;
    int start = 0;
    while (start < content.length && !ending.isTruncated()) {
      int end = next(content, start + 1);
      if (content[end - 1] == LINE_FEED) {
        add(Arrays.copyOfRange(content, start + 1, end));
      } else {
        ending = Ending.truncated(events.size(), 1);
      }
      start = end;
    }
    return EventLog.of(Format.JSON_SEQUENCE, CelTlvReader.banks(events), events, ending);
  }

  private static int next(byte[] content, int from) {
    int at = from;
    while (at < content.length && content[at] != RECORD_SEPARATOR) {
      at++;
    }
    return at;
  }

  private void add(byte[] record) throws LogRefusal {
    try {
      add(StrictJson.read(record, MAX_RECORD, "event " + events.size()), false);
    } catch (Malformed malformed) {
      throw new LogRefusal(Code.BAD_EVENT, String.valueOf(malformed.getMessage()), malformed);
    }
  }

  private EventLog readArray(byte[] content) throws LogRefusal {
    byte[] wrapped = new byte[content.length + 11];
    System.arraycopy("{\"events\":".getBytes(StandardCharsets.US_ASCII), 0, wrapped, 0, 10);
    System.arraycopy(content, 0, wrapped, 10, content.length);
    wrapped[wrapped.length - 1] = '}';
    try {
      JsonFields document = StrictJson.read(wrapped, wrapped.length, "event log");
      for (JsonFields record : document.objects("events", EventLog.MAX_EVENTS)) {
        add(record, true);
      }
    } catch (Malformed malformed) {
      throw new LogRefusal(Code.BAD_EVENT, String.valueOf(malformed.getMessage()), malformed);
    }
    return EventLog.of(Format.CEL_JSON, CelTlvReader.banks(events), events, Ending.COMPLETE);
  }

  private void add(JsonFields record, boolean numbered) throws LogRefusal, Malformed {
    if (events.size() >= EventLog.MAX_EVENTS) {
      throw new LogRefusal(Code.TOO_LARGE, "has more than " + EventLog.MAX_EVENTS + " events");
    }
    if (numbered && record.has("recnum") && record.number("recnum") != events.size()) {
      throw refusal("does not have the number " + events.size());
    }
    int pcr = register(record);
    Map<LogHash, Bytes> digests = digests(record);
    events.add(new MeasuredEvent(events.size(), pcr, kind(record), digests, data(record)));
  }

  private int register(JsonFields record) throws LogRefusal, Malformed {
    if (!record.has("pcr")) {
      return MeasuredEvent.NO_PCR; // An NV index that is used like a PCR.
    }
    long pcr = record.number("pcr");
    if (pcr > EventLog.LAST_PCR) {
      throw refusal("names PCR " + pcr);
    }
    return (int) pcr;
  }

  private Map<LogHash, Bytes> digests(JsonFields record) throws LogRefusal, Malformed {
    Map<LogHash, Bytes> digests = new HashMap<>();
    for (JsonFields entry : record.objects("digests", EventLog.MAX_BANKS)) {
      LogHash hash =
          LogHash.find(entry.text("hashAlg", MAX_TEXT))
              .orElseThrow(() -> refusal("has a digest of an algorithm we do not know"));
      String hex = entry.text("digest", 2 * LogHash.MAX_SIZE);
      if (hex.length() != 2 * hash.size() || !hex.matches("[0-9a-fA-F]*")) {
        throw refusal("has a digest that is none of " + hash);
      }
      if (digests.put(hash, Bytes.ofHex(hex)) != null) {
        throw refusal("has two digests of " + hash);
      }
    }
    if (digests.isEmpty()) {
      throw refusal("has no digests");
    }
    return digests;
  }

  /** {@code systemd:phase}; other content by the name it gives itself. */
  private static Kind kind(JsonFields record) throws Malformed {
    String type = record.findText("content_type", MAX_TEXT).orElse("unknown");
    JsonNode content = record.tree().path("content");
    String event = content.path("eventType").asText("");
    return Kind.of(plain(event.isEmpty() ? type : type + ":" + event));
  }

  /** What systemd hashed, where it says so. */
  private static Bytes data(JsonFields record) {
    String text = record.tree().path("content").path("string").asText("");
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String plain(String text) {
    String plain = text.replaceAll("[^!-~]", "?");
    return plain.length() <= 80 ? plain : plain.substring(0, 80);
  }

  private LogRefusal refusal(String what) {
    return LogRefusal.event(events.size(), what);
  }
}
