// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.tpm.EndorsementCredential;
import dev.bartizan.crypto.tpm.EndorsementKind;
import java.util.Optional;

/**
 * Which of its chip's endorsement keys a device is to be named after.
 *
 * @param kind the kind of key; when empty that of {@code given}, else the first that the chip's
 *     maker has certified
 * @param given the maker's certificate, for a chip that does not carry it
 */
public record EndorsementChoice(
    Optional<EndorsementKind> kind, Optional<EndorsementCredential> given) {
  /** What the chip carries decides. */
  public static final EndorsementChoice OF_THE_CHIP =
      new EndorsementChoice(Optional.empty(), Optional.empty());

  /** Whether somebody has chosen. */
  public boolean isMade() {
    return kind.isPresent() || given.isPresent();
  }
}
