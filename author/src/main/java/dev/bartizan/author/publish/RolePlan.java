// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.publish;

import dev.bartizan.updater.tuf.SignatureScheme;

/**
 * The keys a role begins with.
 *
 * @param threshold how many must sign; from 1 to {@code keys}
 * @param keys how many there are; at most 20
 * @param scheme how they sign
 */
public record RolePlan(int threshold, int keys, SignatureScheme scheme) {
  private static final int KEYS_MAX = 20;

  public RolePlan {
    if (threshold < 1 || threshold > keys || keys > KEYS_MAX) {
      throw new IllegalArgumentException(threshold + " of " + keys + " keys cannot sign");
    }
  }
}
