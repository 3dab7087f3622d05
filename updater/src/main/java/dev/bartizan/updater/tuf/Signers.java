// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import java.security.PublicKey;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who may sign for a role, and how many of them must.
 *
 * @param keys by key id; ids whose key is missing or of an unknown kind are left out, since nothing
 *     can be counted for them
 * @param threshold at least 1
 */
public record Signers(Map<String, VerificationKey> keys, int threshold) {
  public Signers {
    keys = Map.copyOf(keys);
    if (threshold < 1) {
      throw new IllegalArgumentException("a threshold below 1 accepts everything");
    }
  }

  Set<PublicKey> publicKeys() {
    return keys.values().stream().map(VerificationKey::key).collect(Collectors.toSet());
  }
}
