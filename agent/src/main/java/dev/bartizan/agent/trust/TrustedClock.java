// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import dev.bartizan.crypto.Checksum;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.disk.FormatRefusal;
import dev.bartizan.updater.software.Commitment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The machine's clock, but never earlier than what is known: when this program was built, and when
 * fresh metadata was verified last, with the time that has passed since by a clock that nobody
 * sets. So nobody revives expired metadata or commands by taking a battery out, and a device
 * without a clock of its own goes on from where it was.
 *
 * <p>Only a time at which metadata was found fresh is kept: a clock that ran ahead beyond all
 * expiry finds nothing fresh, leaves no trace, and does no lasting harm. Not guaranteed: that it is
 * right; a device that was off for a year without a clock is behind by that year until somebody
 * tells it.
 */
public final class TrustedClock implements InstantSource {
  /** The release date of this source; {@code project.build.outputTimestamp} says the same. */
  static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");

  private static final FileName FILE = FileName.of("verified-time");
  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-verified-time", 1);
  private static final int MAX_LENGTH = 256;

  /** Where this is, metadata was found fresh, and so a time was written down. */
  private static final FileName METADATA = FileName.of("tuf/last-good.set");

  /** Flash wears: a device that was off is behind by a little more than this. */
  private static final Duration KEEP_EVERY = Duration.ofHours(1);

  private final InstantSource machine;
  private final LongSupplier nanoTime;
  private final Disk disk;
  private Instant known;
  private long knownAt;
  private final boolean damaged;
  private Instant kept;
  private boolean isOnDisk;

  private TrustedClock(
      InstantSource machine, LongSupplier nanoTime, Disk disk, Optional<Instant> stored) {
    this.damaged = stored.isEmpty();
    this.kept = latest(stored.orElse(BUILT), BUILT);
    this.machine = machine;
    this.nanoTime = nanoTime;
    this.disk = disk;
    this.known = kept;
    this.knownAt = nanoTime.getAsLong();
  }

  /**
   * Goes on from the time on disk; a damaged one is none, and one that is missing was lost.
   *
   * @param nanoTime as {@link System#nanoTime}
   * @throws FormatRefusal when it is whole, but of another version's format
   */
  public static TrustedClock open(InstantSource machine, LongSupplier nanoTime, Disk disk)
      throws IOException, FormatRefusal {
    Optional<byte[]> stored = disk.read(FILE, MAX_LENGTH);
    boolean isNew = stored.isEmpty() && disk.size(METADATA).isEmpty();
    Optional<Instant> kept =
        isNew ? Optional.of(BUILT) : stored.isPresent() ? parse(stored.get()) : Optional.empty();
    TrustedClock clock = new TrustedClock(machine, nanoTime, disk, kept);
    clock.isOnDisk = stored.isPresent();
    return clock;
  }

  private static Optional<Instant> parse(byte[] file) throws FormatRefusal {
    Optional<String> whole =
        Checksum.LAST_LINE.strip(file).map(text -> new String(text, StandardCharsets.US_ASCII));
    if (whole.isEmpty()) {
      return Optional.empty();
    }
    String[] words = whole.get().split(" ", 2);
    FORMAT.accept(words.length == 2 ? Optional.of(words[0]) : Optional.empty(), FILE.path());
    try {
      return Optional.of(Instant.parse(words[1]));
    } catch (DateTimeException notATime) {
      return Optional.empty();
    }
  }

  /** Whether what was known is damaged or lost: a clock that was set back is not noticed then. */
  public boolean wasDamaged() {
    return damaged;
  }

  /** Metadata was found fresh now: from now on it is not earlier than that. */
  public synchronized void verified() throws IOException {
    Instant now = instant();
    known = now;
    knownAt = nanoTime.getAsLong();
    if (!isOnDisk || now.isAfter(kept.plus(KEEP_EVERY))) {
      String format = FORMAT.text(new Commitment(disk).toWrite(FORMAT));
      byte[] text = (format + " " + now).getBytes(StandardCharsets.US_ASCII);
      DurableFile.replace(disk, FILE, Checksum.LAST_LINE.append(text));
      kept = now;
      isOnDisk = true;
    }
  }

  @Override
  public synchronized Instant instant() {
    return latest(machine.instant(), known.plusNanos(nanoTime.getAsLong() - knownAt));
  }

  /** By how much the machine's clock is behind what is known. */
  public Duration behind() {
    return Duration.between(machine.instant(), instant());
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
