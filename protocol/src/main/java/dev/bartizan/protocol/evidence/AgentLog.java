// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.tpm.TpmHash;
import java.util.ArrayList;
import java.util.List;

/**
 * What the agent measured since the device started, in order, in the shape of a TCG canonical event
 * log (CEL-JSON). {@link #replay} gives the value its PCR must hold.
 *
 * <p>Guarantee: in one of the {@link #isSuitable suitable} PCRs, what was measured stays there
 * until the next boot. Non-guarantee: software with access to the TPM can extend the PCR as well; a
 * log that somebody else added to replays no more, and says so.
 *
 * @param bank the bank of PCRs that is quoted: SHA-256, unless the chip keeps none
 * @param pcr the PCR of the bank that the events were extended into, from its zero state
 */
public record AgentLog(TpmHash bank, int pcr, List<AgentEvent> events) {
  /**
   * Where an agent measures if it is not told otherwise: the first of these that the boot has left
   * at its start value. 16 and 23 are not among them: anybody with the TPM may reset those.
   */
  public static final List<Integer> CANDIDATES = List.of(13, 15, 12, 8);

  /** The first of them. */
  public static final int DEFAULT_PCR = 13;

  /** A device that restarts its agent more often than this in one boot has other trouble. */
  public static final int MAX_EVENTS = 4096;

  /** Of the JSON form, in bytes. */
  public static final int MAX_LENGTH = 2 * 1024 * 1024;

  private static final String SCHEMA = "bartizan-agent-log/1";
  private static final int FIRST_OF_LOADER = 8;
  private static final int LAST_STATIC = 15;
  private static final int OF_IMA = 10;
  private static final int LAST_PCR = 23;
  private static final String CONTENT_TYPE = "bartizan";
  private static final String BANK = "bank";
  private static final int MAX_NAME = 20;
  private static final int MAX_SCHEMA = 64;

  public AgentLog {
    events = List.copyOf(events);
    if (bank == TpmHash.SHA1 || pcr < 0 || pcr > LAST_PCR || events.size() > MAX_EVENTS) {
      throw new IllegalArgumentException(
          events.size() + " events in PCR " + bank.text() + ":" + pcr);
    }
  }

  /** Of the SHA-256 bank. */
  public AgentLog(int pcr, List<AgentEvent> events) {
    this(TpmHash.SHA256, pcr, events);
  }

  public static AgentLog empty(int pcr) {
    return new AgentLog(pcr, List.of());
  }

  public static AgentLog empty(TpmHash bank, int pcr) {
    return new AgentLog(bank, pcr, List.of());
  }

  /**
   * Whether an agent may measure there: not where firmware measures, nor the kernel while it runs,
   * nor where something other than a boot can bring back the start value.
   */
  public static boolean isSuitable(int pcr) {
    return pcr >= FIRST_OF_LOADER && pcr <= LAST_STATIC && pcr != OF_IMA;
  }

  /** This log with one more event. The caller extends the PCR; log first, so no event is lost. */
  public AgentLog plus(AgentEvent event) {
    List<AgentEvent> longer = new ArrayList<>(events);
    longer.add(event);
    return new AgentLog(bank, pcr, longer);
  }

  /** This log before its last event; an empty one stays empty. */
  public AgentLog withoutLast() {
    return new AgentLog(bank, pcr, events.subList(0, Math.max(0, events.size() - 1)));
  }

  /** The value of the PCR after these events: zero bytes, extended event by event. */
  public Bytes replay() {
    return replay(bank);
  }

  /** All of the log in one digest, for claims that cover it where no PCR does. */
  public Digest digest() {
    return new Digest(replay(TpmHash.SHA256));
  }

  /** What the PCR held before the first event. */
  public Bytes start() {
    return Bytes.of(new byte[bank.size()]);
  }

  private Bytes replay(TpmHash hash) {
    byte[] value = new byte[hash.size()];
    for (AgentEvent event : events) {
      value = hash.digest(value, event.measurement(hash).toArray());
    }
    return Bytes.of(value);
  }

  /** Whether some event of this kind measured {@code digest}. */
  public boolean contains(AgentEvent.Kind kind, Digest digest) {
    return events.stream().anyMatch(event -> event.kind() == kind && event.digest().equals(digest));
  }

  /** The JSON form; {@link #read} gives an equal log. */
  public byte[] write() {
    ObjectNode document = StrictJson.object().put("schema", SCHEMA).put("pcr", pcr);
    if (bank != TpmHash.SHA256) {
      document.put(BANK, bank.text());
    }
    ArrayNode records = document.putArray("events");
    for (AgentEvent event : events) {
      write(event, records.addObject().put("recnum", records.size() - 1).put("pcr", pcr));
    }
    return StrictJson.write(document);
  }

  /** Refuses a log whose records are not numbered, or whose digests do not follow from content. */
  public static AgentLog read(byte[] json) throws Malformed {
    JsonFields document = StrictJson.read(json, MAX_LENGTH, "agent log");
    requireSchema(document);
    long pcr = document.number("pcr");
    TpmHash bank = bank(document);
    List<AgentEvent> events = new ArrayList<>();
    for (JsonFields record : document.objects("events", MAX_EVENTS)) {
      if (record.number("recnum") != events.size() || record.number("pcr") != pcr) {
        throw new Malformed("agent log record " + events.size() + " is out of order");
      }
      events.add(event(record, bank, events.size()));
    }
    try {
      return new AgentLog(bank, Math.toIntExact(pcr), events);
    } catch (IllegalArgumentException | ArithmeticException notALog) {
      throw new Malformed("agent log: " + notALog.getMessage(), notALog);
    }
  }

  private static void requireSchema(JsonFields document) throws Malformed {
    String schema = document.text("schema", MAX_SCHEMA);
    if (!schema.equals(SCHEMA)) {
      throw new Malformed("agent log: schema is " + schema + ", this version reads " + SCHEMA);
    }
  }

  private static TpmHash bank(JsonFields document) throws Malformed {
    String name = document.findText(BANK, MAX_NAME).orElse(TpmHash.SHA256.text());
    return TpmHash.find(name)
        .orElseThrow(() -> new Malformed("agent log: there is no bank " + name));
  }

  private void write(AgentEvent event, ObjectNode record) {
    record
        .putArray("digests")
        .addObject()
        .put("hashAlg", bank.text())
        .put("digest", event.measurement(bank).hex());
    record.put("content_type", CONTENT_TYPE);
    record
        .putObject("content")
        .put("kind", event.kind().text())
        .put("digest", event.digest().hex())
        .put("description", event.description());
  }

  private static AgentEvent event(JsonFields record, TpmHash bank, int number) throws Malformed {
    String what = "agent log record " + number;
    List<JsonFields> digests = record.objects("digests", 1);
    if (digests.size() != 1 || !digests.get(0).text("hashAlg", MAX_NAME).equals(bank.text())) {
      throw new Malformed(what + " has not exactly one digest of its bank");
    }
    JsonFields content = record.object("content");
    AgentEvent event =
        new AgentEvent(
            AgentEvent.Kind.read(content.text("kind", MAX_NAME), what),
            content.digest("digest"),
            content.text("description", AgentEvent.MAX_DESCRIPTION));
    String digest = digests.get(0).text("digest", 2 * bank.size());
    if (!event.measurement(bank).hex().equals(digest)) {
      throw new Malformed(what + " has a digest that its content does not have");
    }
    return event;
  }
}
