// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.time.Duration;

/**
 * What a release must keep to in its probation, or be rolled back.
 *
 * @param probation how long it is watched
 * @param errorsPerMille failed runs of golden inputs in a thousand that are still accepted
 * @param latencyPercent time for a golden input, in percent of what the previous version takes for
 *     the same, that is still accepted
 */
public record ProbationLimits(Duration probation, long errorsPerMille, long latencyPercent) {
  /** A minute; hardly an error; three times the latency. */
  public static final ProbationLimits DEFAULT =
      new ProbationLimits(Duration.ofSeconds(60), 10, 300);

  private static final long MAX_PROBATION_SECONDS = 30L * 24 * 3600;

  static ProbationLimits parse(JsonFields fields) throws Malformed {
    long seconds = fields.number("probation_seconds");
    if (seconds > MAX_PROBATION_SECONDS) {
      throw new Malformed("guards.probation_seconds is more than 30 days");
    }
    return new ProbationLimits(
        Duration.ofSeconds(seconds),
        fields.number("errors_per_mille"),
        fields.number("latency_percent"));
  }

  ObjectNode toJson() {
    return StrictJson.object()
        .put("probation_seconds", probation.toSeconds())
        .put("errors_per_mille", errorsPerMille)
        .put("latency_percent", latencyPercent);
  }
}
