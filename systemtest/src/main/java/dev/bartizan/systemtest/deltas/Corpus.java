// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The pairs that the corpus script made, and makes again when it has changed. */
@TouchesTheWorld("runs the corpus script and reads what it wrote")
final class Corpus {
  private static final String SCRIPT = "systemtest/src/models/deltas/make.py";

  private Corpus() {}

  /** The corpus in {@code directory}, made now unless it is there already. */
  static List<Pair> trained(Path source, Path directory) throws IOException, InterruptedException {
    return made(source, List.of(), directory);
  }

  /** One pair of 400 MB. */
  static Pair large(Path source, Path directory) throws IOException, InterruptedException {
    return made(source, List.of("--large"), directory).get(0);
  }

  private static List<Pair> made(Path source, List<String> options, Path directory)
      throws IOException, InterruptedException {
    // Debian's own interpreter: it is the one that sees Debian's torch.
    List<String> command =
        new ArrayList<>(List.of("/usr/bin/python3", "-B", source.resolve(SCRIPT).toString()));
    command.addAll(options);
    command.add(directory.toString());
    Timed.run(command);
    return read(directory);
  }

  /** The pairs that {@code directory/pairs.json} names. */
  static List<Pair> read(Path directory) throws IOException {
    List<Pair> pairs = new ArrayList<>();
    for (JsonNode entry : new ObjectMapper().readTree(directory.resolve("pairs.json").toFile())) {
      pairs.add(
          new Pair(
              entry.path("name").asText(),
              directory.resolve(entry.path("old").asText()),
              directory.resolve(entry.path("new").asText()),
              entry.path("what").asText(),
              Pair.Kind.valueOf(entry.path("kind").asText().toUpperCase(Locale.ROOT))));
    }
    return pairs;
  }
}
