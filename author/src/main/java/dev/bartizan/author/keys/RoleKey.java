// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.keys;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.tuf.CanonicalJson;
import dev.bartizan.updater.tuf.SignatureScheme;
import java.security.PublicKey;

/**
 * The public side of an author's key, as metadata names it.
 *
 * @param name of its file without suffix, {@code "models-1"}
 * @param scheme how it signs
 * @param publicKey decoded
 */
public record RoleKey(String name, SignatureScheme scheme, PublicKey publicKey) {

  /** The key as it stands in metadata. */
  public ObjectNode toJson() {
    ObjectNode key = JsonNodeFactory.instance.objectNode();
    key.put("keytype", scheme.keyType()).put("scheme", scheme.wireName());
    key.putObject("keyval").put("public", scheme.encode(publicKey));
    return key;
  }

  /** The SHA-256 of the key in canonical JSON, as the specification computes it. */
  public String id() {
    return Digest.of(CanonicalJson.encode(toJson())).hex();
  }
}
