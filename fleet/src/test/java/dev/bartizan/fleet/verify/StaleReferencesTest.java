// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A repository that refuses, or is kept away, leaves former values, which count only so long. */
class StaleReferencesTest extends EnrolledDevice {
  private AttestationResult result() throws Exception {
    return appraise(evidence()).result();
  }

  /** What an author's word of {@code now} does, with what is there. */
  private void verifiedAt(Instant now) throws Exception {
    byte[] releases = fleet.directory().read("releases.json", KnownReleases.MAX_LENGTH);
    byte[] reference = fleet.directory().read("reference.json", KnownProfiles.MAX_LENGTH);
    new FileReferences(fleet.directory()).replace(releases, reference, now);
  }

  private void refused() throws Exception {
    new FileReferences(fleet.directory()).keepFormer(clock.instant(), "the repository refuses: X");
  }

  @Test
  void formerValuesStillCountAndEachResultSaysSinceWhen() throws Exception {
    verifiedAt(clock.instant().minus(Duration.ofDays(2)));
    assertEquals(List.of(), result().reasons());
    refused();

    AttestationResult told = result();

    assertEquals(TrustTier.AFFIRMING, told.status());
    assertEquals(1, told.reasons().size(), told.reasons()::toString);
    assertEquals(ReferenceAge.NOT_CURRENT, told.reasons().get(0).code());
    assertTrue(told.reasons().get(0).detail().contains("the repository refuses: X"));
    verifiedAt(clock.instant());
    assertEquals(List.of(), result().reasons());
  }

  @Test
  void aRefusalIsCountedFromItsFirstDay() throws Exception {
    verifiedAt(clock.instant());
    refused();
    Instant first = clock.instant();
    clock.advance(Duration.ofHours(3));
    refused();

    String detail = result().reasons().get(0).detail();

    assertTrue(detail.contains("since " + first.truncatedTo(ChronoUnit.SECONDS)), detail);
  }

  // Attack: whoever holds back the repository keeps a withdrawn release affirmed for ever.
  @Test
  void beyondTheLimitNothingIsAffirmed() throws Exception {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    verifiedAt(now.minus(FleetSettings.REFERENCE_AGE).plusSeconds(60));
    assertEquals(TrustTier.AFFIRMING, result().status());
    verifiedAt(now.minus(FleetSettings.REFERENCE_AGE).minusSeconds(60));
    assertReason(ReferenceAge.STALE, TrustTier.WARNING, result());
  }

  @Test
  void aNoteOfTheirAgeThatCannotBeReadIsNoNote() throws Exception {
    fleet.directory().write("reference-age.json", "{}".getBytes(StandardCharsets.UTF_8));
    assertThrows(Malformed.class, this::result);
  }
}
