// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.device.Device;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/** Enrolments between their two requests: in memory, bounded in number and time, good once. */
final class PendingEnrolments<S extends PendingEnrolments.Session> {
  private static final int MAX = 256;
  private static final Duration LIFETIME = Duration.ofMinutes(2);

  /** What a first request established. */
  interface Session {
    Instant until();

    /** It was never finished. */
    void drop();
  }

  /** Of a chip. */
  record Pending(
      Ueid ueid,
      Device.Chip chip,
      Optional<Digest> token,
      SecretBytes secret,
      Bytes nonce,
      Instant until)
      implements Session {
    @Override
    public void drop() {
      secret.close();
    }
  }

  private final Map<String, S> sessions = new HashMap<>();

  static Instant end(Instant now) {
    return now.plus(LIFETIME);
  }

  /**
   * @throws IOException when too many are under way
   */
  synchronized void put(String session, S pending, Instant now) throws IOException {
    dropExpired(now);
    if (sessions.size() >= MAX) {
      throw new IOException("too many enrolments under way; try again in two minutes");
    }
    sessions.put(session, pending);
  }

  /** The enrolment called {@code session}, which then is no longer here. */
  synchronized Optional<S> take(String session, Instant now) {
    dropExpired(now);
    return Optional.ofNullable(sessions.remove(session));
  }

  private void dropExpired(Instant now) {
    Iterator<S> all = sessions.values().iterator();
    while (all.hasNext()) {
      S pending = all.next();
      if (!now.isBefore(pending.until())) {
        pending.drop();
        all.remove();
      }
    }
  }
}
