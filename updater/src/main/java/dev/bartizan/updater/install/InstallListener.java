// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import java.io.IOException;

/** Is told what becomes of deployments; called by the thread that drives the installer. */
public interface InstallListener {
  /** A deployment has moved; told once at most, and lost in a power cut. */
  void moved(Deployment deployment, UpdateState from, UpdateState to, String reason);

  /**
   * A deployment has ended. Told again after every start until {@link Installer#acknowledge}.
   *
   * @throws IOException when it could not be taken note of; it is told again
   */
  void ended(Outcome outcome) throws IOException;
}
