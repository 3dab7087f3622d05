// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Bytes;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The root of trust: which keys speak for the four top-level roles (specification 4.3).
 *
 * @param consistentSnapshot whether the repository keeps every version under a name of its own
 * @param signers of each top-level role
 */
public record Root(
    Bytes raw,
    long version,
    Instant expires,
    boolean consistentSnapshot,
    Map<RoleName, Signers> signers)
    implements Metadata {

  private static final List<RoleName> TOP_LEVEL =
      List.of(RoleName.ROOT, RoleName.TIMESTAMP, RoleName.SNAPSHOT, RoleName.TARGETS);

  public Root {
    signers = Map.copyOf(signers);
  }

  static Root of(Bytes raw, Fields signed) throws TufRefusal {
    Header header = Header.of(signed, "root");
    boolean consistent = signed.has("consistent_snapshot") && signed.bool("consistent_snapshot");
    KeyTable keys = KeyTable.of(signed);
    Fields roles = signed.object("roles");
    Map<RoleName, Signers> signers = new HashMap<>();
    for (RoleName role : TOP_LEVEL) {
      signers.put(role, keys.signers(roles.object(role.value())));
    }
    return new Root(raw, header.version(), header.expires(), consistent, signers);
  }

  /** Who signs for {@code role}. */
  Signers signersOf(RoleName role) {
    Signers found = signers.get(role);
    if (found == null) {
      throw new IllegalStateException("a root names all four roles");
    }
    return found;
  }

  /**
   * Whether {@code next} withdraws a key from {@code role}: what that key signed may have been
   * signed by a thief (fast-forward, specification 5.3.11). Keys that are only added withdraw
   * nothing, and then the versions seen so far keep protecting from rollback.
   */
  boolean isRotatedBy(Root next, RoleName role) {
    return !next.signersOf(role).publicKeys().containsAll(signersOf(role).publicKeys());
  }
}
