// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.crypto.Digest;

/**
 * One version of one component.
 *
 * @param manifest the digest of its signed release manifest: what the release <em>is</em>
 * @param version what people call it; 1 to 64 printable characters
 */
public record Release(Digest manifest, String version) {
  public Release {
    OneLine.require("version", version, 64);
  }

  @Override
  public String toString() {
    return version + " (" + manifest.hex().substring(0, 12) + ")";
  }
}
