// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a device does when its verifier does not answer: a part of its policy. Both limits have to
 * be reached, so that neither a short outage nor a few lost packets stop a line.
 *
 * @param reaction what follows
 * @param reports so many in a row without an answer
 * @param during for so long since the first of them
 */
public record SilenceRule(Reaction reaction, int reports, Duration during) {
  /** What follows. */
  public enum Reaction {
    /** Nothing: it is counted, and {@code status} says so. */
    GO_ON("go-on"),
    /** An alarm. */
    WARN("warn"),
    /** An alarm, and no model serves until a report is answered. */
    STOP_SERVING("stop-serving");

    private final String text;

    Reaction(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }

    public static Optional<Reaction> find(String text) {
      return Arrays.stream(values()).filter(reaction -> reaction.text.equals(text)).findFirst();
    }
  }

  public static final int MAX_REPORTS = 1000;
  public static final Duration MAX_DURING = Duration.ofDays(30);

  /** Where policy says nothing: a person should hear of it. */
  public static final SilenceRule DEFAULT = new SilenceRule(Reaction.WARN, 3, Duration.ZERO);

  private static final int MAX_TEXT = 20;

  public SilenceRule {
    if (reports < 1 || reports > MAX_REPORTS) {
      throw new IllegalArgumentException("reports is not 1 to " + MAX_REPORTS + ": " + reports);
    }
    if (during.isNegative() || during.compareTo(MAX_DURING) > 0) {
      throw new IllegalArgumentException(
          "seconds is not 0 to " + MAX_DURING.toSeconds() + ": " + during.toSeconds());
    }
  }

  /** Whether {@code unanswered} reports in {@code silence} are as many, and as long, as it says. */
  public boolean isReached(int unanswered, Duration silence) {
    return unanswered >= reports && silence.compareTo(during) >= 0;
  }

  static SilenceRule parse(JsonFields fields) throws Malformed {
    String then = fields.text("then", MAX_TEXT);
    try {
      return new SilenceRule(
          Reaction.find(then)
              .orElseThrow(() -> new Malformed("policy.unanswered.then is none we know")),
          Math.toIntExact(fields.number("reports")),
          Duration.ofSeconds(fields.number("seconds")));
    } catch (IllegalArgumentException | ArithmeticException wrong) {
      throw new Malformed("policy.unanswered: " + wrong.getMessage(), wrong);
    }
  }

  ObjectNode toJson() {
    return StrictJson.object()
        .put("then", reaction.text())
        .put("reports", reports)
        .put("seconds", during.toSeconds());
  }
}
