// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.vectors;

import java.nio.file.Path;

/**
 * One format and its vectors.
 *
 * @param file its name below docs/vectors
 * @param heading in docs/wire-formats.md
 */
record Format(String file, String heading, Vectors vectors, Reader reader) {
  private static final Path FOLDER = Path.of("../docs/vectors");

  Path path() {
    return FOLDER.resolve(file + ".json");
  }
}
