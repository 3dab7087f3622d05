// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.eventlog.EventLog.Format;
import dev.bartizan.crypto.eventlog.LogRefusal.Code;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code binary_bios_measurements} (TCG PC Client Platform Firmware Profile, 10). The first
 * event is always in the SHA-1 form; when it is a "Spec ID Event03" header, all others are crypto
 * agile, else they go on in the SHA-1 form.
 */
final class TcgLogReader {
  /** PCR, type, SHA-1 digest, size. */
  private static final int SHA1_HEADER = 4 + 4 + 20 + 4;

  /** PCR, type, number of digests. */
  private static final int AGILE_HEADER = 4 + 4 + 4;

  private static final int SIZE_FIELD = 4;

  /** What an erased buffer has where the next event's PCR would be. */
  private static final int ERASED = 0xffff_ffff;

  private final LogBytes in;
  private final List<MeasuredEvent> events = new ArrayList<>();
  private List<LogHash> banks = List.of(LogHash.SHA1);
  private Format format = Format.TCG_SHA1;

  private TcgLogReader(byte[] content) {
    this.in = new LogBytes(content);
  }

  static EventLog read(byte[] content) throws LogRefusal {
    return new TcgLogReader(content).read();
  }

  private EventLog read() throws LogRefusal {
    readFirst();
    Optional<Ending> end = atEnd();
    while (end.isEmpty()) {
      requireRoom();
      end = format == Format.TCG2 ? readAgile() : readSha1();
      if (end.isEmpty()) {
        end = atEnd();
      }
    }
    return EventLog.of(format, banks, events, end.get());
  }

  /** The first event decides the format; without a whole one there is no log. */
  private void readFirst() throws LogRefusal {
    if (atEnd().isPresent()) {
      throw new LogRefusal(Code.UNKNOWN_FORMAT, "has padding and no event");
    }
    Optional<Ending> end = readSha1();
    if (end.isPresent()) {
      throw new LogRefusal(Code.UNKNOWN_FORMAT, "its first " + end.get().detail());
    }
    MeasuredEvent first = events.get(0);
    if (first.kind().is(EventType.NO_ACTION) && SpecIdEvent.isOne(first.data())) {
      banks = SpecIdEvent.banks(first.data());
      format = Format.TCG2;
    }
  }

  /** The last event was the last, or what follows it is padding. */
  private Optional<Ending> atEnd() {
    int remaining = in.remaining();
    if (remaining == 0) {
      return Optional.of(Ending.COMPLETE);
    }
    int header = format == Format.TCG2 ? AGILE_HEADER : SHA1_HEADER;
    if (in.isZero(header)) {
      return Optional.of(Ending.padded(remaining));
    }
    return isErased() ? Optional.of(Ending.padded(remaining)) : Optional.empty();
  }

  /** Events for no PCR (platform identifiers of later profiles) have that number too. */
  private boolean isErased() {
    if (in.remaining() < AGILE_HEADER) {
      return in.remaining() >= 4 && peek(0) == ERASED;
    }
    return peek(0) == ERASED && peek(4) != EventType.NO_ACTION.code();
  }

  private int peek(int offset) {
    int place = in.position();
    in.moveTo(place + offset);
    int value = in.s32();
    in.moveTo(place);
    return value;
  }

  private Optional<Ending> readSha1() throws LogRefusal {
    if (in.remaining() < SHA1_HEADER) {
      return truncated(SHA1_HEADER);
    }
    int pcr = in.s32();
    EventType type = new EventType(in.s32());
    Bytes digest = Bytes.of(in.bytes(LogHash.SHA1.size()));
    return readData(pcr, type, Map.of(LogHash.SHA1, digest));
  }

  private Optional<Ending> readAgile() throws LogRefusal {
    if (in.remaining() < AGILE_HEADER) {
      return truncated(AGILE_HEADER);
    }
    int pcr = in.s32();
    EventType type = new EventType(in.s32());
    long count = in.u32();
    if (count > banks.size() || (count == 0 && !type.equals(EventType.NO_ACTION))) {
      throw refusal("has " + count + " digests; the header names " + banks.size() + " algorithms");
    }
    Map<LogHash, Bytes> digests = new HashMap<>();
    for (long left = count; left > 0; left--) {
      if (in.remaining() < 2) {
        return truncated(2);
      }
      LogHash bank = bank(in.u16());
      if (in.remaining() < bank.size()) {
        return truncated(bank.size());
      }
      if (digests.put(bank, Bytes.of(in.bytes(bank.size()))) != null) {
        throw refusal("has two digests of " + bank);
      }
    }
    return in.remaining() < SIZE_FIELD ? truncated(SIZE_FIELD) : readData(pcr, type, digests);
  }

  private LogHash bank(int id) throws LogRefusal {
    for (LogHash bank : banks) {
      if (bank.id() == id) {
        return bank;
      }
    }
    throw refusal("has a digest of " + new LogHash(id, 1) + ", which the header does not name");
  }

  /** A size that is made up looks like a log that was cut short; both are told as the latter. */
  private Optional<Ending> readData(int pcr, EventType type, Map<LogHash, Bytes> digests)
      throws LogRefusal {
    long size = in.u32();
    if (size > in.remaining()) {
      return truncated(size);
    }
    Bytes data = Bytes.of(in.bytes((int) size));
    MeasuredEvent.Kind kind = MeasuredEvent.Kind.of(type);
    events.add(new MeasuredEvent(events.size(), register(pcr, type), kind, digests, data));
    return Optional.empty();
  }

  private int register(int pcr, EventType type) throws LogRefusal {
    if (pcr == ERASED && type.equals(EventType.NO_ACTION)) {
      return MeasuredEvent.NO_PCR;
    }
    if (pcr < 0 || pcr > EventLog.LAST_PCR) {
      throw refusal("names PCR " + Integer.toUnsignedString(pcr));
    }
    return pcr;
  }

  private Optional<Ending> truncated(long needed) {
    return Optional.of(Ending.truncated(events.size(), needed - in.remaining()));
  }

  private void requireRoom() throws LogRefusal {
    if (events.size() >= EventLog.MAX_EVENTS) {
      throw new LogRefusal(Code.TOO_LARGE, "has more than " + EventLog.MAX_EVENTS + " events");
    }
  }

  private LogRefusal refusal(String what) {
    return LogRefusal.event(events.size(), what);
  }
}
