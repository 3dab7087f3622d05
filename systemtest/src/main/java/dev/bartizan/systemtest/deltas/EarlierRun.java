// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.systemtest.deltas.Contender.Measured;
import dev.bartizan.systemtest.deltas.Contender.Sort;
import dev.bartizan.systemtest.deltas.Outcome.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The results of an earlier run on the same corpus: whoever works on the engine need not wait for
 * its peers each time. What the engine itself needed is never taken from here.
 */
@TouchesTheWorld("reads the results that an earlier run left beside the corpus")
final class EarlierRun {
  private final JsonNode pairs;

  private EarlierRun(JsonNode pairs) {
    this.pairs = pairs;
  }

  /** No run. */
  static EarlierRun none() {
    return new EarlierRun(MissingNode.getInstance());
  }

  /** The run whose report lies in {@code file}; none when there is no such file. */
  static EarlierRun read(Path file) throws IOException {
    return Files.exists(file)
        ? new EarlierRun(new ObjectMapper().readTree(file.toFile()).path("pairs"))
        : none();
  }

  /** What a peer needed for a pair then. */
  Optional<Result> result(Pair pair, Contender contender) {
    if (contender.sort() == Sort.OURS) {
      return Optional.empty();
    }
    for (JsonNode entry : pairs) {
      JsonNode result = entry.path("results").path(contender.name());
      if (entry.path("name").asText().equals(pair.name()) && !result.isMissingNode()) {
        Measured measured =
            new Measured(
                result.path("bytes").asLong(),
                timed(result.path("create")),
                timed(result.path("apply")));
        return Optional.of(new Result(contender.name(), contender.sort(), measured));
      }
    }
    return Optional.empty();
  }

  private static Timed timed(JsonNode entry) {
    return new Timed(
        entry.path("seconds").asDouble(),
        entry.path("cpu_seconds").asDouble(),
        entry.path("peak_kib").asLong());
  }
}
