// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.eventlog.LogRefusal.Code;
import java.util.ArrayList;
import java.util.List;

/**
 * An event log, as it was found.
 *
 * @param format which of the formats
 * @param banks the algorithms it has digests of, in its own order
 * @param events in its own order
 * @param startupLocality the last byte of PCR 0 before its first event
 */
public record EventLog(
    Format format,
    List<LogHash> banks,
    List<MeasuredEvent> events,
    int startupLocality,
    Ending ending) {
  /** Of a log, in bytes. The largest firmware logs we know of have some hundred thousand. */
  public static final int MAX_LENGTH = 16 << 20;

  /** Of one log. A long boot has a few hundred. */
  public static final int MAX_EVENTS = 16_384;

  /** A TPM has no more banks, and few have more than three. */
  static final int MAX_BANKS = 16;

  static final int LAST_PCR = 23;

  private static final int RECORD_SEPARATOR = 0x1e;

  /** How a log is written. */
  public enum Format {
    /** TCG_PCR_EVENT2 behind a "Spec ID Event03" header. */
    TCG2("tcg2"),
    /** TCG_PCR_EVENT: SHA-1 alone, of TPM 1.2 and of firmware that was never brought further. */
    TCG_SHA1("tcg-sha1"),
    /** JSON records of systemd, each behind a record separator (RFC 7464). */
    JSON_SEQUENCE("cel-json-seq"),
    /** The canonical event log as one JSON array. */
    CEL_JSON("cel-json"),
    /** The canonical event log as type, length, value. */
    CEL_TLV("cel-tlv");

    private final String text;

    Format(String text) {
      this.text = text;
    }

    /** Lower case, as documents write it. */
    public String text() {
      return text;
    }
  }

  public EventLog {
    banks = List.copyOf(banks);
    events = List.copyOf(events);
  }

  /**
   * Reads a log of any format. A log that ends in the middle of an event is read as far as it goes,
   * and its {@link #ending} says so.
   *
   * @throws LogRefusal when the bytes are no log, or contradict themselves
   */
  public static EventLog read(Bytes log) throws LogRefusal {
    byte[] content = log.toArray();
    if (content.length == 0) {
      throw new LogRefusal(Code.EMPTY, "has no byte at all");
    }
    if (content.length > MAX_LENGTH) {
      throw new LogRefusal(
          Code.TOO_LARGE, "has " + content.length + " bytes, more than " + MAX_LENGTH);
    }
    if (content[0] == RECORD_SEPARATOR || content[0] == '[') {
      return CelJsonReader.read(content);
    }
    return CelTlvReader.isCel(content) ? CelTlvReader.read(content) : TcgLogReader.read(content);
  }

  static EventLog of(Format format, List<LogHash> banks, List<MeasuredEvent> events, Ending ending)
      throws LogRefusal {
    return new EventLog(format, banks, events, StartupLocality.of(events), ending);
  }

  /** These events, then those of another log of the same boot. */
  public EventLog followedBy(List<MeasuredEvent> later) {
    List<MeasuredEvent> all = new ArrayList<>(events);
    all.addAll(later);
    return new EventLog(format, banks, all, startupLocality, ending);
  }

  /**
   * This log, unless it ends in the middle of an event.
   *
   * @throws LogRefusal TRUNCATED
   */
  public EventLog requireWhole() throws LogRefusal {
    if (ending.isTruncated()) {
      throw new LogRefusal(Code.TRUNCATED, ending.detail());
    }
    return this;
  }

  /** What PCRs hold after these events. */
  public Replay replay() {
    return Replay.of(this);
  }
}
