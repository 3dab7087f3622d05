// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/attacks.md says is tried is tried. */
class AttackTableTest {
  private static final Path SOURCE = Path.of(System.getProperty("bartizan.source", ".."));
  private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`");

  @Test
  void everyTestThatTheTableNamesExists() throws IOException {
    Map<String, String> tests = tests();
    String table = Files.readString(SOURCE.resolve("docs/attacks.md"));
    List<String> missing =
        NAMED
            .matcher(table)
            .results()
            .filter(
                it -> !tests.getOrDefault(it.group(1), "").contains("void " + it.group(2) + "("))
            .map(it -> it.group(1) + "." + it.group(2))
            .toList();
    assertEquals(List.of(), missing);
    assertTrue(NAMED.matcher(table).results().count() > 50, "the table was not read");
  }

  /** The sources of all test classes, by name. */
  private static Map<String, String> tests() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCE)) {
      return files
          .filter(file -> file.toString().matches(".*/src/test/java/.*(Test|IT)\\.java"))
          .collect(
              Collectors.toMap(
                  file -> file.getFileName().toString().replace(".java", ""),
                  AttackTableTest::text,
                  (one, other) -> one + other));
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw new java.io.UncheckedIOException(unreadable);
    }
  }
}
