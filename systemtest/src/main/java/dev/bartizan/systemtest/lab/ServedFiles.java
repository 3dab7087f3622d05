// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What web servers serve of author and server, and what of it the newest release has brought. */
@TouchesTheWorld("the served files")
final class ServedFiles {
  private final Operator operator;
  private Set<Path> before = Set.of();

  ServedFiles(Operator operator) {
    this.operator = operator;
  }

  /** What comes from now on is new. */
  void remember() throws IOException {
    before = all();
  }

  /** Changes every new artifact; how many those are. */
  int changeArtifacts(UnaryOperator<byte[]> change) throws IOException {
    List<Path> artifacts = newArtifacts();
    for (Path file : artifacts) {
      Files.write(file, change.apply(Files.readAllBytes(file)));
    }
    return artifacts.size();
  }

  List<Path> newArtifacts() throws IOException {
    return newBelow(operator.repository().resolve("artifacts"));
  }

  /** The new content key, as it is wrapped to a device. */
  Path newEnvelope(String ueid) throws IOException {
    return newBelow(operator.envelopes()).stream()
        .filter(file -> file.endsWith(ueid + ".cms"))
        .findFirst()
        .orElseThrow(() -> new IOException("no new envelope for " + ueid));
  }

  private List<Path> newBelow(Path folder) throws IOException {
    return all().stream()
        .filter(file -> file.startsWith(folder) && !before.contains(file))
        .toList();
  }

  private Set<Path> all() throws IOException {
    Set<Path> all = new HashSet<>();
    for (Path folder : List.of(operator.repository(), operator.envelopes())) {
      if (Files.exists(folder)) {
        try (Stream<Path> files = Files.walk(folder)) {
          files.filter(Files::isRegularFile).forEach(all::add);
        }
      }
    }
    return all;
  }
}
