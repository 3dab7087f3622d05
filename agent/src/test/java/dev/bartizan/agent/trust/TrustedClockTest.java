// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TrustedClockTest {
  private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
  private static final Instant EPOCH = Instant.EPOCH;

  private final FakeDisk disk = new FakeDisk();
  private Instant machine = NOON;
  private long nanos = 5;

  @Test
  void aClockThatIsRightIsFollowedForwardsAndBackwards() throws Exception {
    TrustedClock clock = start();
    assertEquals(NOON, clock.instant());
    machine = NOON.plusSeconds(60);
    assertEquals(machine, clock.instant());
    machine = NOON.minusSeconds(60);
    assertEquals(machine, clock.instant());
    assertEquals(Duration.ZERO, clock.behind());
  }

  // Attack: the battery is taken out, so that metadata which has expired is fresh again.
  @Test
  void afterFreshMetadataNoClockThatIsSetBackMakesItEarlier() throws Exception {
    start().verified();
    machine = EPOCH;
    TrustedClock clock = start();
    assertEquals(NOON, clock.instant());
    assertEquals(Duration.between(EPOCH, NOON), clock.behind());
  }

  @Test
  void withoutAClockTimeGoesOnFromWhereItWas() throws Exception {
    start().verified();
    machine = EPOCH;
    TrustedClock clock = start();
    nanos += Duration.ofMinutes(90).toNanos();
    assertEquals(NOON.plus(Duration.ofMinutes(90)), clock.instant());
    clock.verified();
    assertEquals(NOON.plus(Duration.ofMinutes(90)), start().instant());
  }

  @Test
  void aClockThatRanAheadAndFoundNothingFreshLeavesNoTrace() throws Exception {
    TrustedClock clock = start();
    clock.verified();
    machine = NOON.plus(Duration.ofDays(4000));
    assertEquals(machine, clock.instant());
    machine = NOON;
    assertEquals(NOON, clock.instant());
    assertEquals(NOON, start().instant());
  }

  @Test
  void beforeAnythingIsKnownItIsNotEarlierThanTheProgram() throws Exception {
    machine = EPOCH;
    assertEquals(TrustedClock.BUILT, start().instant());
  }

  @Test
  void aDamagedFileIsNone() throws Exception {
    DurableFile.replace(disk, FileName.of("verified-time"), new byte[] {'?', 7});
    assertTrue(start().wasDamaged());
    machine = EPOCH;
    assertEquals(TrustedClock.BUILT, start().instant());
  }

  // Attack: the file is deleted, which had been as good as a new device's.
  @Test
  void aMissingFileIsALostOneWhereMetadataWasVerified() throws Exception {
    assertFalse(start().wasDamaged());
    DurableFile.replace(disk, FileName.of("tuf/last-good.set"), new byte[] {1});
    assertTrue(start().wasDamaged());
  }

  @Test
  void theFirstVerifiedTimeIsWrittenDownHoweverEarlyItIs() throws Exception {
    machine = EPOCH;
    start().verified();
    DurableFile.replace(disk, FileName.of("tuf/last-good.set"), new byte[] {1});
    assertFalse(start().wasDamaged());
  }

  @Test
  void flashIsNotWornByEveryLook() throws Exception {
    TrustedClock clock = start();
    clock.verified();
    int changes = disk.changes();
    machine = NOON.plus(Duration.ofMinutes(59));
    clock.verified();
    assertEquals(changes, disk.changes());
    machine = NOON.plus(Duration.ofMinutes(61));
    clock.verified();
    assertTrue(disk.changes() > changes);
  }

  private TrustedClock start() throws Exception {
    return TrustedClock.open(() -> machine, () -> nanos, disk);
  }
}
