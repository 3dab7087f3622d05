// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.attest;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.attestation.NonceReply;
import dev.bartizan.protocol.evidence.Nonce;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Nonces that evidence is awaited for: one for each device and purpose, the newest it asked for; in
 * memory, so a server that is started anew is asked anew.
 */
final class OpenNonces {
  static final Duration LIFETIME = Duration.ofMinutes(5);

  /** Of some 200 bytes each; a fleet that asks all at once within five minutes. */
  private static final int MAX = 200_000;

  private static final int NONCE_BYTES = 32;

  private final SecureRandom random;
  private final Map<Purpose, NonceReply> open = new HashMap<>();

  /**
   * What evidence is for.
   *
   * @param release whose key it is shown for; none for a result alone
   */
  record Purpose(Ueid device, Optional<Digest> release) {}

  OpenNonces(SecureRandom random) {
    this.random = random;
  }

  /**
   * A new one; the one before is good no more.
   *
   * @throws IOException when too many are open
   */
  synchronized NonceReply open(Purpose purpose, Instant now) throws IOException {
    if (open.size() >= MAX) {
      open.values().removeIf(reply -> !now.isBefore(reply.until()));
    }
    if (open.size() >= MAX && !open.containsKey(purpose)) {
      throw new IOException("too many devices are being attested; try again in five minutes");
    }
    byte[] value = new byte[NONCE_BYTES];
    random.nextBytes(value);
    NonceReply reply = new NonceReply(new Nonce(Bytes.of(value)), now.plus(LIFETIME));
    open.put(purpose, reply);
    return reply;
  }

  /** The one that is open. */
  synchronized Optional<Nonce> find(Purpose purpose, Instant now) {
    return Optional.ofNullable(open.get(purpose))
        .filter(reply -> now.isBefore(reply.until()))
        .map(NonceReply::nonce);
  }

  /**
   * Uses it up.
   *
   * @return whether it was open still: of two that show evidence for it at once, one is told so
   */
  synchronized boolean close(Purpose purpose, Nonce nonce) {
    NonceReply reply = open.get(purpose);
    if (reply == null || !reply.nonce().equals(nonce)) {
      return false;
    }
    open.remove(purpose);
    return true;
  }
}
