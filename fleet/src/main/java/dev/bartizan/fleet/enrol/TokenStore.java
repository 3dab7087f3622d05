// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** Where enrolment tokens are kept, by their digests, until they are spent. */
public interface TokenStore {
  /**
   * What a token says.
   *
   * @param golden whether it admits a golden device
   */
  record Permission(Instant expiresAt, boolean golden) {}

  /** Keeps one durably; those that have run out need not be kept any more. */
  void add(Digest token, Permission permission, Instant now) throws IOException, Refusal;

  /** What it says; empty when there is none, or no more. */
  Optional<Permission> find(Digest token) throws IOException, Refusal;

  /** The same, durably taken out: of all who try, one gets it. */
  Optional<Permission> take(Digest token) throws IOException, Refusal;
}
