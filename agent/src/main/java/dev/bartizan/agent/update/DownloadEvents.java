// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.fetch.FetchProgress;

/** Tells which servers offered what cannot be accepted: a mirror that lies is a finding. */
public final class DownloadEvents implements FetchProgress {
  private final EventPublisher publisher;

  public DownloadEvents(EventPublisher publisher) {
    this.publisher = publisher;
  }

  @Override
  public void refused(String server, Refusal reason) {
    publisher.problem("mirror " + server, "MIRROR_BAD: " + Explanation.of(reason));
  }

  /** A difference did not give the release; policy lets it be fetched whole. */
  void wholeInstead(String release, Refusal reason) {
    publisher.problem(
        "delta to " + release, reason.code() + ": fetched whole instead, as policy allows");
  }
}
