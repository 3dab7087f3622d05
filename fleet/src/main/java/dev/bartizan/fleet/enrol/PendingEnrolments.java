package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.tpm.TpmPublic;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/** Enrolments between their two requests: in memory, bounded in number and time, good once. */
final class PendingEnrolments {
  private static final int MAX = 256;
  private static final Duration LIFETIME = Duration.ofMinutes(2);

  /** What the first request established. */
  record Pending(
      Ueid ueid,
      Digest endorsementCertificate,
      TpmPublic attestationKey,
      Optional<Digest> token,
      SecretBytes secret,
      Bytes nonce,
      Instant until) {}

  private final Map<String, Pending> sessions = new HashMap<>();

  static Instant end(Instant now) {
    return now.plus(LIFETIME);
  }

  /**
   * @throws IOException when too many are under way
   */
  synchronized void put(String session, Pending pending, Instant now) throws IOException {
    dropExpired(now);
    if (sessions.size() >= MAX) {
      throw new IOException("too many enrolments under way; try again in two minutes");
    }
    sessions.put(session, pending);
  }

  /** The enrolment called {@code session}, which then is no longer here. */
  synchronized Optional<Pending> take(String session, Instant now) {
    dropExpired(now);
    return Optional.ofNullable(sessions.remove(session));
  }

  private void dropExpired(Instant now) {
    Iterator<Pending> all = sessions.values().iterator();
    while (all.hasNext()) {
      Pending pending = all.next();
      if (!now.isBefore(pending.until())) {
        pending.secret().close();
        all.remove();
      }
    }
  }
}
