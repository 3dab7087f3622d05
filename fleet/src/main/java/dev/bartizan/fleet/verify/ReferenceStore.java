// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.json.Malformed;
import java.io.IOException;

/** Where the reference values and releases are kept that evidence is compared with. */
public interface ReferenceStore {
  /**
   * What evidence is compared with now. What is not there is unknown.
   *
   * @throws Malformed when what is kept cannot be read
   */
  AppraisalPolicy current() throws IOException, Malformed;

  /**
   * Replaces what is there.
   *
   * @param releases of models and software, as {@link KnownReleases} reads them
   * @param profiles of hardware, as {@link KnownProfiles} reads them
   */
  void replace(byte[] releases, byte[] profiles) throws IOException, Malformed;
}
