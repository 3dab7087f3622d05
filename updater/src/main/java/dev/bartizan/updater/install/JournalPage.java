// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that must change together, as it stands between two transitions.
 *
 * @param current the deployment under way
 * @param unacknowledged ends that nobody has taken note of yet, oldest first; bounded
 * @param seen identifiers of deployments accepted lately, oldest first; bounded
 */
record JournalPage(
    Components components,
    Optional<Progress> current,
    List<Outcome> unacknowledged,
    List<String> seen) {
  static final int SEEN_MAX = 256;
  static final int UNACKNOWLEDGED_MAX = 64;

  JournalPage {
    unacknowledged = List.copyOf(unacknowledged);
    seen = List.copyOf(seen);
  }

  static JournalPage empty() {
    return new JournalPage(Components.none(), Optional.empty(), List.of(), List.of());
  }

  UpdateState state() {
    return current.map(Progress::state).orElse(UpdateState.IDLE);
  }

  JournalPage accept(Progress progress) {
    return new JournalPage(
        components,
        Optional.of(progress),
        unacknowledged,
        append(seen, progress.deployment().id(), SEEN_MAX));
  }

  JournalPage proceed(Components now, Progress progress) {
    return new JournalPage(now, Optional.of(progress), unacknowledged, seen);
  }

  JournalPage end(Components now, Outcome outcome) {
    return new JournalPage(
        now, Optional.empty(), append(unacknowledged, outcome, UNACKNOWLEDGED_MAX), seen);
  }

  JournalPage holding(Components now) {
    return new JournalPage(now, current, unacknowledged, seen);
  }

  JournalPage acknowledge(String deployment) {
    return new JournalPage(
        components,
        current,
        unacknowledged.stream().filter(it -> !it.deployment().equals(deployment)).toList(),
        seen);
  }

  private static <T> List<T> append(List<T> list, T last, int max) {
    List<T> all = new ArrayList<>(list);
    all.add(last);
    return all.subList(Math.max(0, all.size() - max), all.size());
  }
}
