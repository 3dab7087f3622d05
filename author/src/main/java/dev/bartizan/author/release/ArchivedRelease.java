// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.protocol.release.ReleaseManifest;

/**
 * A release with its key.
 *
 * @param manifest what devices read
 * @param digest SHA-256 of {@code release.json}: the release's name among devices
 * @param contentKey wiped by {@link #close}
 */
record ArchivedRelease(ReleaseManifest manifest, Digest digest, SecretBytes contentKey)
    implements AutoCloseable {
  @Override
  public void close() {
    contentKey.close();
  }
}
