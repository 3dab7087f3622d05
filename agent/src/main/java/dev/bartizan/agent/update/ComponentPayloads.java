// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.Components;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Release;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * Gets the files of one kind of component. As {@link dev.bartizan.updater.install.Payloads}, for a
 * component at a time: those of a suite are paid for and begun together.
 */
interface ComponentPayloads {
  /** How a signed release would be had now. */
  UpdatePlan look(ComponentName component, Release to, Components installed)
      throws IOException, Refusal;

  /**
   * Finds out whether a release suits this device, gets what it cannot be opened without, and says
   * how the rest is to be had.
   */
  UpdatePlan plan(Deployment move, Components installed) throws IOException, Refusal;

  /**
   * The plan that was written down, in terms of what is signed.
   *
   * @throws Refusal when that offers no such way
   */
  UpdatePlan recall(WrittenStrategy written, Deployment move, Components installed)
      throws IOException, Refusal;

  /** Sets disk space aside for it; twice is once. */
  void setAside(Deployment move, UpdatePlan plan) throws IOException, Refusal;

  /**
   * Carries the transfer on for a while.
   *
   * @return every object it needs, once all are here; empty when there is more to come
   * @throws PlanRefusal when a way has turned out to be none: there has to be another plan
   */
  Optional<Set<Digest>> fetch(Deployment move, UpdatePlan plan) throws IOException, Refusal;
}
