// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.enrolment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;

/**
 * Both keys answer, see {@link KeyPossession}.
 *
 * @param session from the reply to the first request
 * @param signature ECDSA by the identity key, DER
 * @param proof MAC under what the unwrap key agreed on
 */
public record KeysFinishRequest(String session, Bytes signature, Bytes proof) {
  /** The path it is posted to. */
  public static final String PATH = "/enrol/v1/keys/finish";

  private static final int MAX_SIGNATURE = 80;
  private static final int MAX_PROOF = 32;

  public byte[] write() {
    ObjectNode message = StrictJson.object().put("session", session);
    message.put("signature", Base64Url.encode(signature)).put("proof", Base64Url.encode(proof));
    return StrictJson.write(message);
  }

  public static KeysFinishRequest read(byte[] json) throws Malformed {
    JsonFields message = StrictJson.read(json, Wire.MAX_LENGTH, "finish request");
    return new KeysFinishRequest(
        message.text("session", Wire.MAX_TEXT),
        message.base64url("signature", MAX_SIGNATURE),
        message.base64url("proof", MAX_PROOF));
  }
}
