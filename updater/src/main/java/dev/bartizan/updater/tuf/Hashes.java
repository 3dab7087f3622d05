// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What signed metadata says about some bytes: one digest or several, all of which must match.
 *
 * @param byAlgorithm digests by TUF's names, {@code "sha256"} and {@code "sha512"}; not empty
 */
public record Hashes(Map<String, Bytes> byAlgorithm) {
  public Hashes {
    byAlgorithm = Collections.unmodifiableMap(new LinkedHashMap<>(byAlgorithm));
  }

  /** The SHA-256 digest, if it is among them and has the length of one. */
  public Optional<Digest> sha256() {
    return Optional.ofNullable(byAlgorithm.get("sha256"))
        .filter(value -> value.length() == Digest.LENGTH)
        .map(Digest::new);
  }

  /** The digest that prefixes a file's name in a repository with consistent snapshots. */
  Bytes prefix() {
    return byAlgorithm.getOrDefault("sha256", byAlgorithm.values().iterator().next());
  }

  /** A fresh digest of {@code algorithm}, or empty when it is one we do not know. */
  static Optional<MessageDigest> digestOf(String algorithm) {
    try {
      return switch (algorithm) {
        case "sha256" -> Optional.of(Digest.sha256());
        case "sha384" -> Optional.of(MessageDigest.getInstance("SHA-384"));
        case "sha512" -> Optional.of(MessageDigest.getInstance("SHA-512"));
        default -> Optional.empty();
      };
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-2", impossible);
    }
  }
}
