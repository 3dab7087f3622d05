// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.enrolment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.security.interfaces.ECPublicKey;

/**
 * The server's challenge to keys without a chip.
 *
 * @param session names this enrolment in the second request; short-lived, good once
 * @param nonce part of what both keys prove
 * @param ephemeral the unwrap key is to agree with it
 */
public record KeysBeginReply(String session, Bytes nonce, ECPublicKey ephemeral) {
  private static final int MAX_NONCE = 32;

  public byte[] write() {
    ObjectNode message = StrictJson.object();
    message.put("session", session).put("nonce", Base64Url.encode(nonce));
    message.put("ephemeral", Base64Url.encode(Bytes.of(ephemeral.getEncoded())));
    return StrictJson.write(message);
  }

  public static KeysBeginReply read(byte[] json) throws Malformed {
    JsonFields message = StrictJson.read(json, Wire.MAX_LENGTH, "begin reply");
    return new KeysBeginReply(
        message.text("session", Wire.MAX_TEXT),
        message.base64url("nonce", MAX_NONCE),
        KeysBeginRequest.key(message, "ephemeral"));
  }
}
