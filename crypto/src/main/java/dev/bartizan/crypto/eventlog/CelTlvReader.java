// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.eventlog.EventLog.Format;
import dev.bartizan.crypto.eventlog.LogRefusal.Code;
import dev.bartizan.crypto.eventlog.MeasuredEvent.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads the TCG canonical event log in its TLV form: for each record its number, its register, its
 * digests, its content, each as type (1 byte), length (4, big-endian) and value.
 */
final class CelTlvReader {
  private static final int RECORD_NUMBER = 0;
  private static final int PCR = 1;
  private static final int DIGESTS = 3;
  private static final int PC_CLIENT = 5;
  private static final int EVENT_TYPE = 0;
  private static final int EVENT_DATA = 1;
  private static final int HEADER = 1 + 4;

  private final LogBytes in;
  private final List<MeasuredEvent> events = new ArrayList<>();

  private CelTlvReader(byte[] content) {
    this.in = new LogBytes(content);
  }

  /** One field. */
  private record Tlv(int type, Bytes value) {
    LogBytes read() {
      return new LogBytes(value.toArray());
    }

    /** As it stands in the log. */
    Bytes whole() {
      ByteBuffer whole = ByteBuffer.allocate(HEADER + value.length());
      whole.put((byte) type).putInt(value.length()).put(value.asBuffer());
      return Bytes.of(whole.array());
    }
  }

  /**
   * Begins with the number 0 in eight bytes, which no TCG log does: its first digest would be 0.
   */
  static boolean isCel(byte[] content) {
    if (content.length < HEADER + 8 + 1) {
      return false;
    }
    LogBytes in = new LogBytes(content);
    boolean isNumber = in.u8() == RECORD_NUMBER && in.u32BigEndian() == 8;
    return isNumber && in.u64() == 0 && in.u8() != 0;
  }

  static EventLog read(byte[] content) throws LogRefusal {
    return new CelTlvReader(content).read();
  }

  private EventLog read() throws LogRefusal {
    Ending ending = Ending.COMPLETE;
    while (in.remaining() > 0 && !ending.isTruncated()) {
      if (events.size() >= EventLog.MAX_EVENTS) {
        throw new LogRefusal(Code.TOO_LARGE, "has more than " + EventLog.MAX_EVENTS + " events");
      }
      if (!readRecord()) {
        ending = Ending.truncated(events.size(), 1);
      }
    }
    return EventLog.of(Format.CEL_TLV, banks(events), events, ending);
  }

  /** Every algorithm that some event has a digest of. */
  static List<LogHash> banks(List<MeasuredEvent> events) {
    Map<Integer, LogHash> banks = new TreeMap<>();
    events.forEach(event -> event.digests().keySet().forEach(it -> banks.put(it.id(), it)));
    return List.copyOf(banks.values());
  }

  /** Whether there was a whole one. */
  private boolean readRecord() throws LogRefusal {
    List<Tlv> fields = new ArrayList<>();
    for (int field = 0; field < 4; field++) {
      Optional<Tlv> tlv = next(in);
      if (tlv.isEmpty()) {
        return false;
      }
      fields.add(tlv.get());
    }
    requireNumber(fields.get(0));
    Map<LogHash, Bytes> digests = digests(fields.get(2));
    add(register(fields.get(1)), digests, fields.get(3));
    return true;
  }

  private void requireNumber(Tlv field) throws LogRefusal {
    boolean isNumber = field.type() == RECORD_NUMBER && field.value().length() == 8;
    if (!isNumber || field.read().u64BigEndian() != events.size()) {
      throw refusal("does not have the number " + events.size());
    }
  }

  private int register(Tlv field) throws LogRefusal {
    if (field.type() != PCR) {
      return MeasuredEvent.NO_PCR; // An NV index, or a register of confidential computing.
    }
    int pcr = field.value().length() == 1 ? field.read().u8() : Integer.MAX_VALUE;
    if (pcr > EventLog.LAST_PCR) {
      throw refusal("names a PCR that no TPM has");
    }
    return pcr;
  }

  private Map<LogHash, Bytes> digests(Tlv field) throws LogRefusal {
    if (field.type() != DIGESTS) {
      throw refusal("has no digests");
    }
    Map<LogHash, Bytes> digests = new HashMap<>();
    LogBytes list = field.read();
    while (list.remaining() > 0) {
      Tlv digest = next(list).orElseThrow(() -> refusal("has a digest that ends early"));
      LogHash hash = new LogHash(digest.type(), digest.value().length());
      boolean fits = hash.size() > 0 && hash.size() <= LogHash.MAX_SIZE && hash.hasItsSize();
      if (!fits || digests.put(hash, digest.value()) != null) {
        throw refusal("has a digest of " + hash + " that cannot be");
      }
    }
    if (new TreeSet<>(digests.keySet().stream().map(LogHash::id).toList()).size()
        != digests.size()) {
      throw refusal("has two digests of one algorithm");
    }
    return digests;
  }

  private void add(int register, Map<LogHash, Bytes> digests, Tlv content) {
    Optional<MeasuredEvent> event =
        content.type() == PC_CLIENT ? pcClient(register, digests, content) : Optional.empty();
    events.add(
        event.orElseGet(
            () ->
                new MeasuredEvent(
                    events.size(),
                    register,
                    Kind.of("cel:" + content.type()),
                    digests,
                    content.whole())));
  }

  /** An event of the firmware profile: its type and its data as fields. */
  private Optional<MeasuredEvent> pcClient(int register, Map<LogHash, Bytes> digests, Tlv content) {
    LogBytes fields = content.read();
    Optional<Tlv> type = next(fields).filter(it -> it.type() == EVENT_TYPE);
    Optional<Tlv> data = next(fields).filter(it -> it.type() == EVENT_DATA);
    if (type.isEmpty() || data.isEmpty() || type.get().value().length() != 4) {
      return Optional.empty();
    }
    int code = (int) type.get().read().u32BigEndian();
    Kind kind = Kind.of(new EventType(code));
    return Optional.of(
        new MeasuredEvent(events.size(), register, kind, digests, data.get().value()));
  }

  private static Optional<Tlv> next(LogBytes from) {
    if (from.remaining() < HEADER) {
      from.moveTo(from.position() + from.remaining());
      return Optional.empty();
    }
    int type = from.u8();
    long length = from.u32BigEndian();
    return length > from.remaining()
        ? Optional.empty()
        : Optional.of(new Tlv(type, Bytes.of(from.bytes((int) length))));
  }

  private LogRefusal refusal(String what) {
    return LogRefusal.event(events.size(), what);
  }
}
