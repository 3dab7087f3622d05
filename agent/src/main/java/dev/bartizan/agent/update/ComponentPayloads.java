// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
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
  /** What a signed release would cost to have now. */
  UpdateEstimate cost(String component, Release to) throws IOException, Refusal;

  /** Finds out whether a release suits this device, and gets what it cannot be opened without. */
  void prepare(Deployment move) throws IOException, Refusal;

  /** Sets disk space aside for it; twice is once. */
  void setAside(Deployment move) throws IOException, Refusal;

  /**
   * Carries the transfer on for a while.
   *
   * @return every object it needs, once all are here; empty when there is more to come
   */
  Optional<Set<Digest>> fetch(Deployment move) throws IOException, Refusal;
}
