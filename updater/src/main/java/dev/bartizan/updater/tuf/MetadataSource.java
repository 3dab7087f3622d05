// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import java.io.IOException;
import java.util.Optional;

/** The way to a repository's metadata: HTTP, a bundle on a stick, or memory. */
@FunctionalInterface
public interface MetadataSource {
  /**
   * The whole content of {@code fileName}, or empty when the repository says it has no such file
   * (HTTP 404).
   *
   * @param fileName one harmless segment, already percent-encoded, {@code "3.root.json"}
   * @param limit the most bytes the caller will accept; an adapter stops reading at {@code limit +
   *     1} and returns that much, so that the caller can tell "too long" from "just fits"
   * @throws Forbidden when the repository will not say (HTTP 403)
   * @throws IOException when the repository cannot be asked or answers with an error
   */
  Optional<byte[]> find(String fileName, int limit) throws IOException;

  /**
   * The repository neither gives a file nor says that there is none. Object stores whose files
   * nobody may list answer so for what is absent.
   */
  final class Forbidden extends IOException {
    private static final long serialVersionUID = 1L;

    public Forbidden(String fileName) {
      super(fileName + ": the server answers 403");
    }
  }
}
