// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.Ueid;

/** Where any static server has wrapped content keys, relative to the repository. */
public final class EnvelopePath {
  /** Below the address that devices ask. */
  public static final String FOLDER = "keys";

  private EnvelopePath() {}

  /** The one for a device, of the release with that manifest. */
  public static String of(Digest release, Ueid device) {
    return folder(release) + "/" + device.text() + ".cms";
  }

  /** All of a release. */
  public static String folder(Digest release) {
    return FOLDER + "/" + release.hex();
  }
}
