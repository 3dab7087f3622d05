// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code keys} of a root or of delegations.
 *
 * <p>Key ids are only names here: they are not recomputed from the key (TAP 12; public repositories
 * hold ids that would not match), which is safe because signatures are counted by key.
 */
record KeyTable(Map<String, VerificationKey> keys) {

  static KeyTable of(Fields parent) throws TufRefusal {
    Map<String, VerificationKey> keys = new LinkedHashMap<>();
    for (Map.Entry<String, Fields> entry : parent.members("keys").entrySet()) {
      key(entry.getValue()).ifPresent(key -> keys.put(entry.getKey(), key));
    }
    return new KeyTable(keys);
  }

  /** The {@code keyids} and {@code threshold} of one role. */
  Signers signers(Fields role) throws TufRefusal {
    List<String> ids = role.strings("keyids");
    if (new HashSet<>(ids).size() != ids.size()) {
      throw role.refusal("every key id once", "one twice");
    }
    Map<String, VerificationKey> known = new LinkedHashMap<>(keys);
    known.keySet().retainAll(ids);
    long threshold = role.integer("threshold", 1);
    return new Signers(known, (int) Math.min(threshold, Integer.MAX_VALUE));
  }

  /**
   * Empty for a key we cannot use. It is no reason to refuse the file: repositories may move to new
   * kinds of keys before their clients do, and a key left out only ever makes fewer signatures.
   */
  private static Optional<VerificationKey> key(Fields key) throws TufRefusal {
    String publicPart = key.object("keyval").string("public");
    Optional<SignatureScheme> scheme =
        SignatureScheme.find(key.string("keytype"), key.string("scheme"));
    try {
      return scheme.isEmpty()
          ? Optional.empty()
          : Optional.of(new VerificationKey(scheme.get(), scheme.get().decode(publicPart)));
    } catch (GeneralSecurityException unsound) {
      return Optional.empty();
    }
  }
}
