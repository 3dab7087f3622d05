// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.systemtest.deltas.Contender.Measured;
import dev.bartizan.systemtest.deltas.Outcome.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Everybody on the same pair, one after the other, every result compared with the real file. */
@TouchesTheWorld("compares files, and throws the contenders' away")
final class Contest {
  private final List<Contender> contenders;
  private final EarlierRun earlier;

  /**
   * @param earlier whose results for the peers count again
   */
  Contest(List<Contender> contenders, EarlierRun earlier) {
    this.contenders = List.copyOf(contenders);
    this.earlier = earlier;
  }

  Outcome on(Pair pair) throws IOException, InterruptedException {
    long oldLength = Files.size(pair.old());
    long newLength = Files.size(pair.next());
    Map<String, Result> results = new LinkedHashMap<>();
    for (Contender contender : contenders) {
      if (contender.takes(oldLength, newLength)) {
        Optional<Result> known = earlier.result(pair, contender);
        results.put(contender.name(), known.isPresent() ? known.get() : result(contender, pair));
      }
    }
    return new Outcome(pair, newLength, results);
  }

  private static Result result(Contender contender, Pair pair)
      throws IOException, InterruptedException {
    return new Result(contender.name(), contender.sort(), checked(contender, pair));
  }

  private static Measured checked(Contender contender, Pair pair)
      throws IOException, InterruptedException {
    Path work = Files.createTempDirectory("contest");
    try {
      Path out = work.resolve("out");
      Measured measured = contender.run(pair, out, work);
      long difference = Files.mismatch(out, pair.next());
      if (difference >= 0) {
        throw new IOException(
            pair.name() + ": " + contender.name() + " rebuilt another file, from " + difference);
      }
      return measured;
    } finally {
      delete(work);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
