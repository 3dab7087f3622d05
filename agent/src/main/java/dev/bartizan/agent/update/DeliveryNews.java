package dev.bartizan.agent.update;

import dev.bartizan.agent.report.News;
import dev.bartizan.agent.report.Problems;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.fetch.FetchProgress;

/** Tells which servers offered what cannot be accepted: a mirror that lies is a finding. */
public final class DeliveryNews implements FetchProgress {
  private final Problems problems;
  private final News news;

  public DeliveryNews(Problems problems, News news) {
    this.problems = problems;
    this.news = news;
  }

  @Override
  public void refused(String server, Refusal reason) {
    told("mirror " + server, "MIRROR_BAD: " + reason.code() + ": " + reason.getMessage());
  }

  /** A difference did not give the release; policy lets it be fetched whole. */
  void wholeInstead(String release, Refusal reason) {
    told("delta to " + release, reason.code() + ": fetched whole instead, as policy allows");
  }

  private void told(String subject, String what) {
    if (problems.note(subject, what)) {
      news.problem(subject, what);
    }
  }
}
