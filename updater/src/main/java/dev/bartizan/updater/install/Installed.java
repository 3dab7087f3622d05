// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.crypto.Digest;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A release the device holds.
 *
 * @param objects the digest of every object in the store that it needs
 * @param members of a suite, by component: which release of it belongs here; else empty
 */
public record Installed(Release release, Set<Digest> objects, Map<ComponentName, Release> members) {
  public Installed {
    objects = Set.copyOf(objects);
    members = Collections.unmodifiableMap(new TreeMap<>(members));
  }
}
