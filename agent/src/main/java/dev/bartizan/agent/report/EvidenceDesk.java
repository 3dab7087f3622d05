package dev.bartizan.agent.report;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.statement.HealthClaims;
import dev.bartizan.crypto.statement.Nonce;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes reports on demand. */
public final class EvidenceDesk {
  private static final long MAX_EVENT_LOG = 2 << 20;

  private final Measurements measurements;
  private final Supplier<HealthClaims> health;
  private final Path eventLog;
  private final InstantSource clock;

  /**
   * @param health what the agent says of itself at that moment
   * @param eventLog the firmware's log; sent along where it is there
   */
  public EvidenceDesk(
      Measurements measurements,
      Supplier<HealthClaims> health,
      Path eventLog,
      InstantSource clock) {
    this.measurements = measurements;
    this.health = health;
    this.eventLog = eventLog;
    this.clock = clock;
  }

  /** Evidence for {@code nonce}, as it travels and as {@code bartizan attest} writes it. */
  public byte[] report(Nonce nonce) throws Refusal, IOException {
    return measurements.evidence(nonce, health.get(), readEventLog(), clock.instant()).write();
  }

  /** No log is no evidence: the verifier will say "unknown" to that, and must. */
  @TouchesTheWorld("the firmware's event log in securityfs")
  private Optional<Bytes> readEventLog() throws IOException {
    if (!Files.isReadable(eventLog)) {
      return Optional.empty();
    }
    // Files there claim to have no length; the limit is on what is read.
    try (var log = Files.newInputStream(eventLog)) {
      byte[] content = log.readNBytes((int) MAX_EVENT_LOG + 1);
      return content.length == 0 || content.length > MAX_EVENT_LOG
          ? Optional.empty()
          : Optional.of(Bytes.of(content));
    }
  }
}
