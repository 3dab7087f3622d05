// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.attestation;

import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.evidence.Nonce;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What the server wants to see in the evidence.
 *
 * @param until when it stops waiting for that
 */
public record NonceReply(Nonce nonce, Instant until) {
  private static final int MAX_LENGTH = 1024;
  private static final int MAX_NONCE = 64;

  public NonceReply {
    until = until.truncatedTo(ChronoUnit.SECONDS);
  }

  public byte[] write() {
    return StrictJson.write(
        StrictJson.object()
            .put("nonce", Base64Url.encode(nonce.value()))
            .put("until", until.getEpochSecond()));
  }

  public static NonceReply read(byte[] json) throws Malformed {
    JsonFields reply = StrictJson.read(json, MAX_LENGTH, "nonce reply");
    try {
      return new NonceReply(new Nonce(reply.base64url("nonce", MAX_NONCE)), reply.instant("until"));
    } catch (IllegalArgumentException notANonce) {
      throw new Malformed("nonce reply: " + notANonce.getMessage(), notANonce);
    }
  }
}
