// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The classes that docs/architecture.md sends a reader to are there. */
class WhereToLookTest {
  private static final Path SOURCE = Path.of(System.getProperty("bartizan.source", ".."));
  private static final Pattern ANSWER =
      Pattern.compile("^\\| [^|]+\\? \\| `((\\w+)[.\\w]+)` \\|$", Pattern.MULTILINE);

  @Test
  void everyQuestionIsAnsweredByAClassThatExists() throws IOException {
    String page = Files.readString(SOURCE.resolve("docs/architecture.md"));
    List<MatchResult> answers = ANSWER.matcher(page).results().toList();
    assertTrue(answers.size() >= 10, answers.size() + " answers");
    assertEquals(
        List.of(), answers.stream().map(WhereToLookTest::file).filter(Files::notExists).toList());
  }

  private static Path file(MatchResult answer) {
    String path = "src/main/java/dev/bartizan/" + answer.group(1).replace('.', '/') + ".java";
    return SOURCE.resolve(answer.group(2)).resolve(path);
  }
}
