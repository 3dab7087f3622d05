// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.util.Optional;

/**
 * Gets what a release needs into the object store. Called by one thread; may be asked twice for the
 * same thing, in another process.
 *
 * <p>A {@link Refusal} ends the deployment as refused; an {@link IOException} (no network, no
 * space) leaves it where it is, and it is asked again.
 */
public interface Payloads {
  /**
   * Finds out whether the release may be had, and how: metadata, signatures, resources, free space,
   * budget. What it decides is durable when it returns; it writes no payload.
   *
   * @param installed what releases can be made from
   */
  void plan(Deployment deployment, Components installed) throws IOException, Refusal;

  /**
   * Carries the transfer on for a while; returns within about a minute, so that a deployment can be
   * called off, and because a call that never returns counts as a crash.
   *
   * @param installed what the plan was made for: it does not change under a deployment
   * @return every object the release needs, all held and verified, when nothing is missing any
   *     more; empty when there is more to come
   */
  Optional<RequiredObjects> fetch(Deployment deployment, Components installed)
      throws IOException, Refusal;
}
