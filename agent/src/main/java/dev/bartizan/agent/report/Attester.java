// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.report;

import dev.bartizan.agent.config.LogFiles;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.HealthClaims;
import dev.bartizan.protocol.evidence.Nonce;
import java.io.IOException;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Makes reports on demand. */
public final class Attester {
  /** systemd measures a word now and then; not three while three quotes are made. */
  private static final int ATTEMPTS = 3;

  private final Measurements measurements;
  private final Supplier<HealthClaims> health;
  private final LogFiles bootLogs;
  private final InstantSource clock;

  /**
   * @param health what the agent says of itself at that moment
   * @param bootLogs sent along where they are there
   */
  public Attester(
      Measurements measurements,
      Supplier<HealthClaims> health,
      LogFiles bootLogs,
      InstantSource clock) {
    this.measurements = measurements;
    this.health = health;
    this.bootLogs = bootLogs;
    this.clock = clock;
  }

  /** Evidence for {@code nonce}, with all logs. */
  public Evidence evidence(Nonce nonce) throws Refusal, IOException {
    Evidence evidence = attempt(nonce);
    for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
      // A log that grew while the quote was made explains another one.
      if (evidence.bootLogs().equals(bootLogs.read())) {
        break;
      }
      evidence = attempt(nonce);
    }
    return evidence;
  }

  /** The same as a file, as {@code bartizan attest} writes it. */
  public byte[] report(Nonce nonce) throws Refusal, IOException {
    return evidence(nonce).write();
  }

  /**
   * The same.
   *
   * @param nonce in hexadecimal, as whoever asks has sent it
   */
  public byte[] report(String nonce) throws Refusal, IOException {
    try {
      return report(Nonce.ofHex(nonce));
    } catch (IllegalArgumentException notANonce) {
      throw new Malformed("nonce: is not 8 to 64 bytes in hexadecimal", notANonce);
    }
  }

  private Evidence attempt(Nonce nonce) throws Refusal, IOException {
    BootLogs logs = bootLogs.read();
    return measurements.evidence(nonce, health.get(), logs, clock.instant());
  }
}
