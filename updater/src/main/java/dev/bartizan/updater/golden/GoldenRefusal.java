// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.golden;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.engine.RunRefusal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A model did not pass its golden vectors, or they are none. */
public final class GoldenRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /**
   * Where a model gave something else.
   *
   * @param set the test data set, {@code test_data_set_0}
   * @param index of the element, row-major; -1 when type or shape differ as a whole
   */
  public record Difference(String set, String output, long index, String expected, String found) {}

  private final transient @Nullable Difference difference;

  private GoldenRefusal(
      String message, @Nullable Difference difference, @Nullable Throwable cause) {
    super(message, cause);
    this.difference = difference;
  }

  static GoldenRefusal of(Difference difference) {
    String place = difference.index() < 0 ? "" : "[" + difference.index() + "]";
    return new GoldenRefusal(
        difference.set()
            + ": output '"
            + difference.output()
            + "'"
            + place
            + " should be "
            + difference.expected()
            + " and is "
            + difference.found(),
        difference,
        null);
  }

  static GoldenRefusal notRun(String set, RunRefusal cause) {
    return new GoldenRefusal(set + ": " + cause.getMessage(), null, cause);
  }

  static GoldenRefusal unreadable(String file, String problem, @Nullable Throwable cause) {
    return new GoldenRefusal("golden vector " + file + ": " + problem, null, cause);
  }

  /** Where it differs; empty when the vectors could not be read or run. */
  public Optional<Difference> difference() {
    return Optional.ofNullable(difference);
  }

  @Override
  public String code() {
    return difference == null ? "GOLDEN_UNUSABLE" : "GOLDEN_MISMATCH";
  }
}
