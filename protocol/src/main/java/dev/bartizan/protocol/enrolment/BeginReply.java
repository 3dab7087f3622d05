// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.enrolment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.tpm.Credential;

/**
 * The server's challenge.
 *
 * @param session names this enrolment in the second request; short-lived, good once
 * @param nonce to be signed along in both certifications
 * @param credential opens in the right chip only
 */
public record BeginReply(String session, Bytes nonce, Credential credential) {
  private static final int MAX_NONCE = 32;
  private static final int MAX_CREDENTIAL = 512;

  public byte[] write() {
    ObjectNode message = StrictJson.object();
    message.put("session", session).put("nonce", Base64Url.encode(nonce));
    message.put("credential_blob", Base64Url.encode(credential.blob()));
    message.put("encrypted_secret", Base64Url.encode(credential.encryptedSeed()));
    return StrictJson.write(message);
  }

  public static BeginReply read(byte[] json) throws Malformed {
    JsonFields message = StrictJson.read(json, Wire.MAX_LENGTH, "begin reply");
    return new BeginReply(
        message.text("session", Wire.MAX_TEXT),
        message.base64url("nonce", MAX_NONCE),
        new Credential(
            message.base64url("credential_blob", MAX_CREDENTIAL),
            message.base64url("encrypted_secret", MAX_CREDENTIAL)));
  }
}
