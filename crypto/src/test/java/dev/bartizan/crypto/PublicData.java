// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Assumptions;

/**
 * Vectors and logs that nobody here made and that are too large for the repository: they lie beside
 * the checkout, or the tests that need them do not run. {@code ./install.sh test} says so at its
 * end, with a count: a line each in {@code target/not-run}.
 */
public final class PublicData {
  private static final Path BESIDE = Path.of("../../shared/data");
  private static final Path NOT_RUN = Path.of("target/not-run");

  private PublicData() {}

  /** The file of that name; where there is none, the test ends here and that is taken note of. */
  public static Path file(String name, Class<?> test) throws IOException {
    Path file = BESIDE.resolve(name);
    if (!Files.exists(file)) {
      Files.createDirectories(NOT_RUN.getParent());
      Files.writeString(
          NOT_RUN,
          test.getSimpleName() + ": does not lie beside this checkout: shared/data/" + name + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
    Assumptions.assumeTrue(Files.exists(file), "not beside this checkout: " + name);
    return file;
  }
}
