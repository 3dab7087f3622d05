// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import dev.bartizan.systemtest.deltas.Outcome.Result;
import dev.bartizan.systemtest.deltas.WarmApply.Speed;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** What is asked of the speed of applying, beside bspatch on the same models. */
final class Speeds {
  private static final double ASKED_MEGABYTES = 200;

  private final List<Speed> warm;
  private final double bspatch;

  /**
   * @param outcomes those of the models that {@code warm} measured
   */
  Speeds(List<Speed> warm, List<Outcome> outcomes) {
    this.warm =
        warm.stream().sorted(Comparator.comparingDouble(Speed::megabytesPerSecond)).toList();
    this.bspatch = ofBspatch(outcomes);
  }

  private static double ofBspatch(List<Outcome> outcomes) {
    double seconds =
        outcomes.stream()
            .map(outcome -> outcome.results().get("bsdiff"))
            .filter(Objects::nonNull)
            .map(Result::measured)
            .mapToDouble(measured -> measured.apply().cpuSeconds())
            .sum();
    return outcomes.stream().mapToLong(Outcome::length).sum() / 1e6 / Math.max(0.01, seconds);
  }

  boolean holds() {
    return slowest().megabytesPerSecond() >= ASKED_MEGABYTES && median() >= bspatch;
  }

  String text() {
    Speed slowest = slowest();
    return String.format(
        Locale.ROOT,
        "%s warm apply, MB of output per second of one core: median %.0f, slowest %.0f (%s),"
            + " asked: at least %.0f, which %d of %d pairs have; bspatch over the same models: %.0f",
        holds() ? "ok  " : "MISS",
        median(),
        slowest.megabytesPerSecond(),
        slowest.pair(),
        ASKED_MEGABYTES,
        warm.stream().filter(one -> one.megabytesPerSecond() >= ASKED_MEGABYTES).count(),
        warm.size(),
        bspatch);
  }

  private Speed slowest() {
    return warm.get(0);
  }

  private double median() {
    return warm.get(warm.size() / 2).megabytesPerSecond();
  }
}
