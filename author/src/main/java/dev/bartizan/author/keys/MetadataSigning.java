// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.keys;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.author.keys.AuthorRefusal.Code;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.tuf.CanonicalJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** Signing is an act of its own, apart from writing what is signed. */
public final class MetadataSigning {
  private final KeyRing ring;

  public MetadataSigning(KeyRing ring) {
    this.ring = ring;
  }

  /**
   * Who has to sign.
   *
   * @param role for the refusal
   * @param keyIds any of which may
   * @param threshold how many must
   */
  public record Demand(String role, Set<String> keyIds, int threshold) {
    public Demand {
      keyIds = Set.copyOf(keyIds);
    }
  }

  /**
   * The file of {@code signed}, with a signature of every key of the ring that any of {@code
   * demands} names.
   *
   * @throws AuthorRefusal MISSING_KEYS when a demand is not met by this ring
   * @throws dev.bartizan.crypto.keystore.KeystoreRefusal when the token does not sign
   */
  public Bytes sign(ObjectNode signed, List<Demand> demands) throws Refusal, IOException {
    List<RoleKey> keys = ring.keys();
    for (Demand demand : demands) {
      requireEnough(keys, demand);
    }
    byte[] message = CanonicalJson.encode(signed);
    ObjectNode file = JsonNodeFactory.instance.objectNode();
    ArrayNode signatures = file.putArray("signatures");
    for (RoleKey key : keys) {
      if (demands.stream().anyMatch(demand -> demand.keyIds().contains(key.id()))) {
        String signature = HexFormat.of().formatHex(ring.sign(key, message));
        signatures.addObject().put("keyid", key.id()).put("sig", signature);
      }
    }
    file.set("signed", signed);
    // Ordinary JSON: the canonical form leaves line breaks in strings bare, which no parser takes.
    return Bytes.of(file.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void requireEnough(List<RoleKey> keys, Demand demand) throws AuthorRefusal {
    long held = keys.stream().filter(key -> demand.keyIds().contains(key.id())).count();
    if (held < demand.threshold()) {
      throw new AuthorRefusal(
          Code.MISSING_KEYS,
          demand.role() + ": needs " + demand.threshold() + " keys, this ring has " + held);
    }
  }
}
