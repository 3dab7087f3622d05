// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.publish;

import dev.bartizan.author.keys.KeyPlan;
import dev.bartizan.updater.tuf.SignatureScheme;
import java.util.Collections;
import java.util.List;

/**
 * The keys a role begins with.
 *
 * @param threshold how many must sign; from 1 to the number of keys
 * @param keys at most 20
 */
public record RolePlan(int threshold, List<KeyPlan> keys) {
  private static final int KEYS_MAX = 20;

  public RolePlan {
    keys = List.copyOf(keys);
    if (threshold < 1 || threshold > keys.size() || keys.size() > KEYS_MAX) {
      throw new IllegalArgumentException(threshold + " of " + keys.size() + " keys cannot sign");
    }
  }

  /** All of one kind, in files. */
  public RolePlan(int threshold, int keys, SignatureScheme scheme) {
    this(threshold, Collections.nCopies(keys, new KeyPlan(scheme, KeyPlan.Place.FILE)));
  }
}
