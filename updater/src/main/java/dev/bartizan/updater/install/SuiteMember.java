// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import java.util.Optional;

/**
 * A component of a suite, on its way with the others.
 *
 * @param from what was active when the deployment was accepted
 * @param to what the suite wants; the same when this component stays as it is
 */
public record SuiteMember(ComponentName component, Optional<Release> from, Release to) {
  /** Whether there is anything to do. */
  boolean isMoving() {
    return !from.map(Release::manifest).equals(Optional.of(to.manifest()));
  }
}
