// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import java.io.IOException;
import java.util.Set;

/** Where the content keys of releases are kept, and opened. */
public interface ContentKeyVault {
  /** The releases whose keys are here, each by the digest of its manifest. */
  Set<Digest> releases() throws IOException;

  /**
   * The content key of a release; to be closed.
   *
   * @throws Refusal when it cannot be opened with the key broker's key
   * @throws IOException also when there is none
   */
  SecretBytes open(Digest release) throws IOException, Refusal;
}
