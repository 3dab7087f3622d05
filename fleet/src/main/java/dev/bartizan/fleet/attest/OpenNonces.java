// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.attest;

import dev.bartizan.crypto.Bytes;
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
 * Nonces that evidence is awaited for: one for each device, the newest it asked for; in memory, so
 * a server that is started anew is asked anew.
 */
final class OpenNonces {
  static final Duration LIFETIME = Duration.ofMinutes(5);

  /** Of some 200 bytes each; a fleet that asks all at once within five minutes. */
  private static final int MAX = 200_000;

  private static final int NONCE_BYTES = 32;

  private final SecureRandom random;
  private final Map<Ueid, NonceReply> open = new HashMap<>();

  OpenNonces(SecureRandom random) {
    this.random = random;
  }

  /**
   * A new one; the one before is good no more.
   *
   * @throws IOException when too many are open
   */
  synchronized NonceReply open(Ueid device, Instant now) throws IOException {
    if (open.size() >= MAX) {
      open.values().removeIf(reply -> !now.isBefore(reply.until()));
    }
    if (open.size() >= MAX && !open.containsKey(device)) {
      throw new IOException("too many devices are being attested; try again in five minutes");
    }
    byte[] value = new byte[NONCE_BYTES];
    random.nextBytes(value);
    NonceReply reply = new NonceReply(new Nonce(Bytes.of(value)), now.plus(LIFETIME));
    open.put(device, reply);
    return reply;
  }

  /** The one that is open for {@code device}. */
  synchronized Optional<Nonce> find(Ueid device, Instant now) {
    return Optional.ofNullable(open.get(device))
        .filter(reply -> now.isBefore(reply.until()))
        .map(NonceReply::nonce);
  }

  /**
   * Uses it up.
   *
   * @return whether it was open still: of two that show evidence for it at once, one is told so
   */
  synchronized boolean close(Ueid device, Nonce nonce) {
    NonceReply reply = open.get(device);
    if (reply == null || !reply.nonce().equals(nonce)) {
      return false;
    }
    open.remove(device);
    return true;
  }
}
