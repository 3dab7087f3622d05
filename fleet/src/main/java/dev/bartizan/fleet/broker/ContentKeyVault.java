// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.protocol.release.KeyDelivery;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Where the content keys of releases are kept, and opened. */
public interface ContentKeyVault {
  /** The releases whose keys are here, by the digest of their manifest, and when they may go. */
  Map<Digest, KeyDelivery> releases() throws IOException;

  /** Whether the key of a release is here. */
  boolean holds(Digest release) throws IOException;

  /** Those whose keys go to devices ahead of their asking. */
  default Set<Digest> ahead() throws IOException {
    Set<Digest> ahead = new LinkedHashSet<>();
    releases()
        .forEach(
            (release, delivery) -> {
              if (delivery == KeyDelivery.AHEAD) {
                ahead.add(release);
              }
            });
    return ahead;
  }

  /**
   * The content key of a release; to be closed.
   *
   * @throws Refusal when it cannot be opened with the key broker's key
   * @throws IOException also when there is none
   */
  SecretBytes open(Digest release) throws IOException, Refusal;
}
