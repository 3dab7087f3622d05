// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;

/**
 * Tries a staged release on this device's own runtime. Called by one thread; may be asked twice for
 * the same thing, in another process, which serves the active release first.
 */
public interface Trial {
  /**
   * Checks the staged release before it serves anybody: its objects, resources, golden vectors; and
   * whether now is the moment (window, consent).
   *
   * @return HEALTHY to activate now; PENDING to be asked again, for as long as it takes
   * @throws Refusal when what is stored is not what was signed: the deployment is refused
   * @throws IOException when it cannot be told now; it is asked again
   */
  Verdict preflight(Deployment deployment) throws IOException, Refusal;

  /**
   * Lets the new release serve in place of the old one, losing no request. Counted before each
   * call.
   *
   * @throws Refusal when the release cannot be loaded: it is rolled back
   * @throws IOException when it did not work this time
   */
  void activate(Deployment deployment) throws IOException, Refusal;

  /**
   * Looks at how the new release does.
   *
   * @return PENDING only for a bounded time, measured by a clock that does not jump
   */
  Verdict observe(Deployment deployment);

  /**
   * Lets the old release serve again, or nothing if there was none; also when the new one never
   * did.
   *
   * @throws Refusal when the old release cannot be loaded
   * @throws IOException when it did not work this time
   */
  void restore(Deployment deployment) throws IOException, Refusal;
}
