// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.result.AttestationResult.Reason;
import dev.bartizan.protocol.result.Compared;
import dev.bartizan.protocol.result.TrustTier;
import dev.bartizan.updater.disk.DocumentFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Of when the author's word is that evidence is compared with. A repository that refuses, or is
 * away, leaves what was known before; whoever reads a result is told, and one day it is too old.
 *
 * @param verifiedAt when it was verified last; empty where nobody has seen that
 * @param trouble since when, and why, there is nothing newer
 */
public record ReferenceAge(Optional<Instant> verifiedAt, Optional<Trouble> trouble) {
  /** The code of what is told while former values still count. */
  public static final String NOT_CURRENT = "REFERENCES_NOT_CURRENT";

  /** The code of values that count no more. */
  public static final String STALE = "REFERENCES_STALE";

  static final int MAX_LENGTH = 4096;

  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-reference-age", 1);
  private static final int MAX_TEXT = 300;

  /**
   * Why there is nothing newer.
   *
   * @param since the first time that it failed after it had gone well
   */
  public record Trouble(Instant since, String why) {}

  /** Nothing is known of it: values that somebody put there himself. */
  static ReferenceAge unknown() {
    return new ReferenceAge(Optional.empty(), Optional.empty());
  }

  /** All is well. */
  static ReferenceAge verified(Instant now) {
    return new ReferenceAge(Optional.of(now), Optional.empty());
  }

  /** The same word, that could not be had anew. */
  ReferenceAge troubled(Instant now, String why) {
    String text = why.replaceAll("\\p{Cntrl}", " ");
    String bounded = text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    Instant since = trouble.map(Trouble::since).orElse(now);
    return new ReferenceAge(verifiedAt, Optional.of(new Trouble(since, bounded)));
  }

  /**
   * What a result of {@code now} has to say about it.
   *
   * @param limit beyond which nothing is affirmed by it
   */
  List<Reason> caveats(Instant now, Duration limit) {
    if (verifiedAt.isPresent() && now.isAfter(verifiedAt.get().plus(limit))) {
      return List.of(
          new Reason(
              TrustTier.WARNING,
              STALE,
              new Compared("reference values", "of the last " + limit.toDays() + " days", text())));
    }
    return trouble.isEmpty() || trouble.get().since().isAfter(now)
        ? List.of()
        : List.of(new Reason(TrustTier.NONE, NOT_CURRENT, text()));
  }

  private String text() {
    return verifiedAt
            .map(time -> "those of " + time)
            .orElse("some of which nobody knows how old they are")
        + trouble.map(it -> "; since " + it.since() + " " + it.why()).orElse("");
  }

  byte[] write() {
    ObjectNode document = FORMAT.begin();
    verifiedAt.ifPresent(time -> document.put("verified_at", time.getEpochSecond()));
    trouble.ifPresent(
        it -> document.put("refused_since", it.since().getEpochSecond()).put("why", it.why()));
    return StrictJson.writeIndented(document);
  }

  static ReferenceAge read(byte[] json, String what) throws Malformed {
    JsonFields document = StrictJson.read(json, MAX_LENGTH, what);
    FORMAT.require(document, what);
    return new ReferenceAge(
        document.has("verified_at")
            ? Optional.of(document.instant("verified_at"))
            : Optional.empty(),
        document.has("refused_since")
            ? Optional.of(
                new Trouble(document.instant("refused_since"), document.text("why", MAX_TEXT)))
            : Optional.empty());
  }
}
