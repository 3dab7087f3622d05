// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.protocol.release.SilenceRule;
import dev.bartizan.protocol.release.SilenceRule.Reaction;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.FormatRefusal;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How long the verifier has answered no report, and what policy says then.
 *
 * <p>Counted in a clock that nobody sets, while this device is on, and kept on disk with every
 * report: neither a restart nor a clock that was put back makes it shorter, and time without power
 * makes it no longer. A record that is damaged counts as a silence without end until a report is
 * answered. Non-guarantee: who can write the state directory can take the record away.
 */
public final class Silence {
  private static final String SUBJECT = "attestation";

  private final Supplier<SilenceRule> rule;
  private final SilenceRecord record;
  private final LongSupplier nanoTime;
  private final boolean reports;
  private final EventPublisher events;

  private boolean damaged;
  private int unanswered;
  private Duration before;
  private long since;
  private String why = "";

  private Silence(
      Supplier<SilenceRule> rule,
      SilenceRecord record,
      Optional<SilenceRecord.Count> kept,
      LongSupplier nanoTime,
      boolean reports,
      EventPublisher events) {
    this.rule = rule;
    this.record = record;
    this.nanoTime = nanoTime;
    this.reports = reports;
    this.events = events;
    this.damaged = kept.isEmpty();
    SilenceRecord.Count count = kept.orElse(SilenceRecord.Count.NONE);
    this.unanswered = count.unanswered();
    this.before = count.during();
    this.since = nanoTime.getAsLong();
  }

  /**
   * Goes on from what is on disk.
   *
   * @param rule of the policy in force
   * @param nanoTime as {@link System#nanoTime}
   * @param reports whether this device has a verifier to report to
   * @throws FormatRefusal when the record is whole, but of another version's format
   */
  public static Silence open(
      Supplier<SilenceRule> rule,
      Disk disk,
      LongSupplier nanoTime,
      boolean reports,
      EventPublisher events)
      throws IOException, FormatRefusal {
    SilenceRecord record = new SilenceRecord(disk);
    return new Silence(rule, record, record.read(), nanoTime, reports, events);
  }

  /** The verifier has answered. */
  public synchronized void answered() throws IOException {
    boolean wasSilent = damaged || unanswered > 0;
    damaged = false;
    unanswered = 0;
    before = Duration.ZERO;
    why = "";
    if (wasSilent) {
      record.write(SilenceRecord.Count.NONE);
    }
  }

  /** One more report without an answer; counted even where it cannot be kept. */
  public synchronized void unanswered(String reason) throws IOException {
    before = unanswered == 0 ? Duration.ZERO : during();
    since = nanoTime.getAsLong();
    // What a policy may ask for is less: beyond that nobody needs to know.
    unanswered = Math.min(unanswered + 1, SilenceRule.MAX_REPORTS);
    why = reason;
    record.write(new SilenceRecord.Count(unanswered, before));
  }

  /** How many in a row were not answered. */
  public synchronized int unanswered() {
    return unanswered;
  }

  /**
   * Whether no model may serve now. The alarm that policy asks for is raised here, and ended.
   *
   * @return why, for applications; empty while models may serve
   */
  public synchronized Optional<String> stopsServing() {
    SilenceRule now = rule.get();
    if (now.reaction() == Reaction.GO_ON || !isReached(now)) {
      events.mended(SUBJECT);
      return Optional.empty();
    }
    boolean stops = now.reaction() == Reaction.STOP_SERVING;
    String consequence = stops ? "; no model serves until it does" : "";
    events.problem(SUBJECT, problem() + (why.isEmpty() ? "" : ": " + why) + consequence);
    return stops ? Optional.of(problem()) : Optional.empty();
  }

  /** A device that reports to nobody is never answered, and one that forgot cannot say it was. */
  private boolean isReached(SilenceRule now) {
    return reports
        ? damaged || now.isReached(unanswered, during())
        : now.reaction() == Reaction.STOP_SERVING;
  }

  private String problem() {
    if (!reports) {
      return "no server is configured that could answer reports";
    }
    return damaged
        ? "how long the verifier has been silent is not known"
        : "the verifier has not answered " + unanswered + " reports";
  }

  private Duration during() {
    return unanswered == 0
        ? Duration.ZERO
        : before.plusNanos(Math.max(0, nanoTime.getAsLong() - since));
  }

  /** Its part of {@code status}. */
  public synchronized void describe(ObjectNode status) {
    SilenceRule now = rule.get();
    ObjectNode own =
        status
            .putObject("silence")
            .put("unanswered", unanswered)
            .put("seconds", during().toSeconds())
            .put("then", now.reaction().text())
            .put("after_reports", now.reports())
            .put("after_seconds", now.during().toSeconds())
            .put("reached", isReached(now));
    if (isReached(now)) {
      own.put("why", problem());
    }
  }
}
