// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import dev.bartizan.crypto.Bytes;
import java.util.Map;
import java.util.Optional;

/**
 * One entry of a log.
 *
 * @param number in the log, from 0
 * @param pcr which PCR it says it was extended into; {@link #NO_PCR} for another register
 * @param kind what it says it is, as {@link EventType} or another format's own name
 * @param digests by algorithm; what is extended
 * @param data what it says was measured, or a description of it
 */
public record MeasuredEvent(
    int number, int pcr, Kind kind, Map<LogHash, Bytes> digests, Bytes data) {
  /** An NV index or another register that is not a PCR. */
  public static final int NO_PCR = -1;

  /**
   * What an event says it is.
   *
   * @param text its name for people
   * @param type of an event of the PC Client profile
   */
  public record Kind(String text, Optional<EventType> type) {
    static Kind of(EventType type) {
      return new Kind(type.text(), Optional.of(type));
    }

    static Kind of(String text) {
      return new Kind(text, Optional.empty());
    }

    boolean is(EventType other) {
      return type.filter(other::equals).isPresent();
    }
  }

  public MeasuredEvent {
    digests = Map.copyOf(digests);
  }

  /** What was extended into the bank of {@code hash}, if the event says so. */
  public Optional<Bytes> digest(LogHash hash) {
    return Optional.ofNullable(digests.get(hash));
  }

  /** EV_NO_ACTION is information for the reader of the log; it extends nothing. */
  public boolean extendsPcr() {
    return pcr != NO_PCR && !kind.is(EventType.NO_ACTION);
  }

  /**
   * What it says it is, and of what, in a few words for people. Its type is covered by nothing, and
   * its data as far as {@link #coverage} says.
   */
  public String description() {
    String text = EventText.of(this);
    return text.isEmpty() ? kind.text() : kind.text() + " " + text;
  }

  /** Whether its digests cover its data. */
  public Coverage coverage() {
    return Coverage.of(this);
  }
}
