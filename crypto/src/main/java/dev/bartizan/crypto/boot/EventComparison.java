// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.eventlog.MeasuredEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The events of one PCR beside those a good boot has, in order. Digests alone are compared; what
 * the log calls an event is repeated as its word, never judged.
 */
final class EventComparison {
  /** One place: an event that was expected, one that was found, or both. */
  record Place(Optional<ExpectedEvent> expected, Optional<MeasuredEvent> found) {
    boolean isGood(LogHash bank) {
      if (found.isEmpty()) {
        return expected.map(ExpectedEvent::optional).orElse(true);
      }
      return expected.map(ExpectedEvent::digest).equals(found.get().digest(bank));
    }
  }

  private final LogHash bank;
  private final List<Place> places;

  private EventComparison(LogHash bank, List<Place> places) {
    this.bank = bank;
    this.places = List.copyOf(places);
  }

  static EventComparison of(LogHash bank, List<ExpectedEvent> expected, List<MeasuredEvent> found) {
    List<Place> places = new ArrayList<>();
    int next = 0;
    for (MeasuredEvent event : found) {
      int match = indexOf(expected, next, event.digest(bank));
      if (match >= 0) {
        for (; next < match; next++) {
          places.add(new Place(Optional.of(expected.get(next)), Optional.empty()));
        }
        places.add(new Place(Optional.of(expected.get(next++)), Optional.of(event)));
      } else {
        places.add(new Place(Optional.empty(), Optional.of(event)));
      }
    }
    for (; next < expected.size(); next++) {
      places.add(new Place(Optional.of(expected.get(next)), Optional.empty()));
    }
    return new EventComparison(bank, places);
  }

  /** Where {@code digest} is expected next; -1 when it is not. */
  private static int indexOf(List<ExpectedEvent> expected, int from, Optional<Bytes> digest) {
    for (int at = from; at < expected.size(); at++) {
      if (Optional.of(expected.get(at).digest()).equals(digest)) {
        return at;
      }
    }
    return -1;
  }

  List<Place> places() {
    return places;
  }

  boolean isGood(Place place) {
    return place.isGood(bank);
  }

  /** How many places are not good. */
  long faults() {
    return places.stream().filter(place -> !place.isGood(bank)).count();
  }
}
