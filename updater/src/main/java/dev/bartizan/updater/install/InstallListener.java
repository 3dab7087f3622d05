// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

/**
 * Is told how deployments move; called by the thread that drives the installer. How they ended must
 * not be lost, and so it is asked for: {@link Installer#unacknowledged}.
 */
public interface InstallListener {
  /** A deployment has moved; told once at most, and lost in a power cut. */
  void moved(Deployment deployment, UpdateState from, UpdateState to, String reason);
}
