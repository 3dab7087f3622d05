// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.jws;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A JWS in compact serialization (RFC 7515), taken apart but not believed: the payload comes out
 * only through {@link #payload(StatementKey)}.
 *
 * @param kid which key the header claims
 * @param type the header's {@code typ}
 * @param algorithm the header's {@code alg}
 * @param signingInput header and payload as they were signed: the bytes received
 * @param signature as it came
 */
public record CompactJws(
    String kid, String type, String algorithm, String signingInput, Bytes signature) {
  private static final int MAX_NAME = 200;
  private static final int MAX_HEADER = 1024;

  public static CompactJws parse(String compact, String what) throws Malformed {
    String[] parts = compact.split("\\.", -1);
    if (parts.length != 3) {
      throw new Malformed(what + " is not a compact JWS: " + parts.length + " parts, not 3");
    }
    byte[] json = Base64Url.decode(parts[0], what + " header").toArray();
    JsonFields header = StrictJson.read(json, MAX_HEADER, what + " header");
    if (header.has("crit") || header.has("b64")) {
      throw new Malformed(what + " header asks for extensions we do not have");
    }
    return new CompactJws(
        header.text("kid", MAX_NAME),
        header.text("typ", MAX_NAME),
        header.text("alg", MAX_NAME),
        parts[0] + "." + parts[1],
        Base64Url.decode(parts[2], what + " signature"));
  }

  /**
   * The payload, now that {@code key} has been seen to have signed it. Keys the header may carry
   * ({@code jwk}, {@code x5c}, {@code jku}) are never looked at.
   */
  public byte[] payload(StatementKey key) throws BadSignature, Malformed {
    if (!algorithm.equals(key.algorithm().joseName())) {
      throw new BadSignature("key " + key.kid() + " does not sign with " + algorithm);
    }
    key.requireSigned(ascii(signingInput), signature);
    return unverifiedPayload();
  }

  /** For whoever must read a name before he can find the key. Believe nothing of it. */
  public byte[] unverifiedPayload() throws Malformed {
    String payload = signingInput.substring(signingInput.indexOf('.') + 1);
    return Base64Url.decode(payload, "the JWS payload").toArray();
  }

  public Digest signingInputDigest() {
    return Digest.of(ascii(signingInput));
  }

  /** What {@link #sign} will sign: header and payload, encoded and joined. */
  public static String signingInput(StatementKey key, String type, ObjectNode payload) {
    ObjectNode header = StrictJson.object();
    header.put("alg", key.algorithm().joseName()).put("typ", type).put("kid", key.kid());
    return Base64Url.encode(StrictJson.write(header))
        + "."
        + Base64Url.encode(StrictJson.write(payload));
  }

  public static String sign(StatementSigner signer, String signingInput)
      throws IOException, Refusal {
    return signingInput + "." + Base64Url.encode(signer.sign(ascii(signingInput)));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
