// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.install.Release;
import java.io.IOException;

/** The document by which a release is known. */
final class SignedManifest {
  private SignedManifest() {}

  /**
   * Gets the one of {@code release}, from the repository when the device does not hold it.
   *
   * @param target where it is among the targets
   * @throws Refusal when that release is not signed, or not any more
   */
  static byte[] get(TrustedDocuments documents, String target, Release release)
      throws IOException, Refusal {
    documents.requireSigned(target, release.manifest());
    return Interruptible.complete(() -> documents.get(target));
  }
}
