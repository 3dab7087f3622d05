// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.enrolment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.CertifiedKey;

/**
 * The device answers the challenge and shows its other keys.
 *
 * @param session from the reply to the first request
 * @param secret what the credential held: worthless once it was shown
 * @param identity certified by the attestation key over the server's nonce
 * @param unwrap certified likewise
 */
public record FinishRequest(
    String session, Bytes secret, CertifiedKey identity, CertifiedKey unwrap) {
  /** The path it is posted to. */
  public static final String PATH = "/enrol/v1/finish";

  private static final int MAX_SECRET = 64;

  public byte[] write() {
    ObjectNode message = StrictJson.object();
    message.put("session", session).put("secret", Base64Url.encode(secret));
    write(identity, message.putObject("identity"));
    write(unwrap, message.putObject("unwrap"));
    return StrictJson.write(message);
  }

  public static FinishRequest read(byte[] json) throws Malformed {
    JsonFields message = StrictJson.read(json, Wire.MAX_LENGTH, "finish request");
    return new FinishRequest(
        message.text("session", Wire.MAX_TEXT),
        message.base64url("secret", MAX_SECRET),
        certified(message.object("identity")),
        certified(message.object("unwrap")));
  }

  @Override
  public String toString() {
    return "finish request of session " + session;
  }

  private static void write(CertifiedKey key, ObjectNode node) {
    node.put("public", Base64Url.encode(key.publicArea()));
    node.put("attest", Base64Url.encode(key.attest()));
    node.put("signature", Base64Url.encode(key.signature()));
  }

  private static CertifiedKey certified(JsonFields key) throws Malformed {
    return new CertifiedKey(
        key.base64url("public", Wire.MAX_STRUCTURE),
        key.base64url("attest", Wire.MAX_STRUCTURE),
        key.base64url("signature", Wire.MAX_STRUCTURE));
  }
}
