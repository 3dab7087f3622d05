// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.result;

import dev.bartizan.crypto.json.Malformed;
import java.util.Locale;

/** The four tiers of AR4SI, from nothing said to the worst. */
public enum TrustTier {
  NONE,
  AFFIRMING,
  WARNING,
  CONTRAINDICATED;

  /** {@code affirming}, as EAR writes it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The tier of one value of a trustworthiness vector, -128 to 127. */
  public static TrustTier of(int value) {
    if (value >= -1 && value <= 1) {
      return NONE;
    }
    if (value >= -32 && value < 32) {
      return AFFIRMING;
    }
    if (value >= -96 && value < 96) {
      return WARNING;
    }
    return CONTRAINDICATED;
  }

  /** The worse of the two. */
  public TrustTier or(TrustTier other) {
    return compareTo(other) >= 0 ? this : other;
  }

  static TrustTier read(String text) throws Malformed {
    for (TrustTier tier : values()) {
      if (tier.text().equals(text)) {
        return tier;
      }
    }
    throw new Malformed("ear_status is no tier of AR4SI");
  }
}
