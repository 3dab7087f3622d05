// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.result;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a trustworthiness vector (AR4SI) speaks about. */
public enum TrustClaim {
  INSTANCE_IDENTITY,
  CONFIGURATION,
  EXECUTABLES,
  FILE_SYSTEM,
  HARDWARE,
  RUNTIME_OPAQUE,
  STORAGE_OPAQUE,
  SOURCED_DATA;

  /** {@code instance-identity}, as EAR writes it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Optional<TrustClaim> find(String text) {
    return Arrays.stream(values()).filter(claim -> claim.text().equals(text)).findFirst();
  }
}
