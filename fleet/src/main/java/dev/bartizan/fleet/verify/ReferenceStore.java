// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.updater.disk.DocumentFormat;
import java.io.IOException;
import java.time.Instant;

/** Where the reference values and releases are kept that evidence is compared with. */
public interface ReferenceStore {
  /** Of the document that says which releases are known. */
  DocumentFormat RELEASES = new DocumentFormat("bartizan-known-releases", 1);

  /** Of the document that says what the boots of hardware profiles look like. */
  DocumentFormat PROFILES = new DocumentFormat("bartizan-known-profiles", 1);

  /**
   * What evidence is compared with now. What is not there is unknown.
   *
   * @throws Malformed when what is kept cannot be read
   */
  AppraisalPolicy current() throws IOException, Malformed;

  /**
   * Replaces what is there, by what was verified now.
   *
   * @param releases of models and software, as {@link KnownReleases} reads them
   * @param profiles of hardware, as {@link KnownProfiles} reads them
   */
  void replace(byte[] releases, byte[] profiles, Instant now) throws IOException, Malformed;

  /**
   * What is there stays, since nothing newer could be had.
   *
   * @param why in a few words
   */
  void keepFormer(Instant now, String why) throws IOException, Malformed;
}
