// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import dev.bartizan.crypto.json.Malformed;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** When devices get a release's content key: their author decides, release by release. */
public enum KeyDelivery {
  /** Wrapped to every enrolled device, before it asks. */
  AHEAD,
  /** Against fresh evidence alone, which the key broker has to find affirming. */
  ATTESTED;

  /** As documents write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one that is written so. */
  public static Optional<KeyDelivery> find(String text) {
    return Arrays.stream(values()).filter(delivery -> delivery.text().equals(text)).findFirst();
  }

  static KeyDelivery read(String text) throws Malformed {
    return find(text)
        .orElseThrow(() -> new Malformed("release.json.keys is none of the deliveries we know"));
  }
}
