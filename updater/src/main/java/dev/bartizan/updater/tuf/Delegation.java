// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A role that another lets speak for some target paths (specification 4.5).
 *
 * @param role the name it signs under
 * @param signers who may sign for it, as this delegator sees it
 * @param terminating whether a search ends here even if the role does not know the path
 * @param paths patterns of target paths; none when {@code hashPrefixes} are used
 * @param hashPrefixes prefixes of the SHA-256 of target paths, lower-case hexadecimal
 */
public record Delegation(
    RoleName role,
    Signers signers,
    boolean terminating,
    List<String> paths,
    List<String> hashPrefixes) {

  public Delegation {
    paths = List.copyOf(paths);
    hashPrefixes = List.copyOf(hashPrefixes);
  }

  /** All delegations of {@code signed}, in the order that gives precedence. */
  static List<Delegation> listOf(Fields signed) throws TufRefusal {
    if (!signed.has("delegations")) {
      return List.of();
    }
    Fields delegations = signed.object("delegations");
    KeyTable keys = KeyTable.of(delegations);
    List<Delegation> list = new ArrayList<>();
    Set<RoleName> seen = new HashSet<>();
    for (Fields entry : delegations.objects("roles")) {
      Delegation delegation = of(entry, keys);
      if (!seen.add(delegation.role())) {
        throw signed.refusal("every delegated role once", delegation.role().value());
      }
      list.add(delegation);
    }
    return list;
  }

  private static Delegation of(Fields entry, KeyTable keys) throws TufRefusal {
    boolean byPath = entry.has("paths");
    boolean byHash = entry.has("path_hash_prefixes");
    if (byPath == byHash) {
      throw entry.refusal("either \"paths\" or \"path_hash_prefixes\"", byPath ? "both" : "none");
    }
    return new Delegation(
        RoleName.ofDelegation(entry.role(), entry.string("name")),
        keys.signers(entry),
        entry.bool("terminating"),
        byPath ? entry.strings("paths") : List.of(),
        byHash ? entry.strings("path_hash_prefixes") : List.of());
  }

  /** Whether the delegated role may speak for {@code targetPath}. */
  boolean covers(String targetPath) {
    if (!paths.isEmpty()) {
      return paths.stream().anyMatch(pattern -> new PathPattern(pattern).matches(targetPath));
    }
    String hash = Digest.of(targetPath.getBytes(StandardCharsets.UTF_8)).hex();
    return hashPrefixes.stream().anyMatch(hash::startsWith);
  }
}
