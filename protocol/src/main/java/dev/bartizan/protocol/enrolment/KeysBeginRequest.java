// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.enrolment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.crypto.keystore.PeerKey;
import dev.bartizan.crypto.keystore.Protection;
import java.security.interfaces.ECPublicKey;

/**
 * A device without an endorsement key introduces itself by its keys.
 *
 * @param token the operator's one-time permission: here nothing else speaks for the device; secret
 * @param keystore what holds the keys, by the device's own word
 */
public record KeysBeginRequest(
    String token, Protection.Kind keystore, ECPublicKey identity, ECPublicKey unwrap) {
  /** The path it is posted to. */
  public static final String PATH = "/enrol/v1/keys/begin";

  private static final int MAX_KEY = 256;

  public byte[] write() {
    ObjectNode message = StrictJson.object().put("token", token).put("keystore", keystore.text());
    message.put("identity", Base64Url.encode(Bytes.of(identity.getEncoded())));
    message.put("unwrap", Base64Url.encode(Bytes.of(unwrap.getEncoded())));
    return StrictJson.write(message);
  }

  public static KeysBeginRequest read(byte[] json) throws Malformed {
    JsonFields message = StrictJson.read(json, Wire.MAX_LENGTH, "begin request");
    String kind = message.text("keystore", Wire.MAX_TEXT);
    return new KeysBeginRequest(
        message.text("token", Wire.MAX_TEXT),
        Protection.Kind.find(kind)
            .filter(known -> !known.attests())
            .orElseThrow(() -> new Malformed("begin request.keystore is no kind without a chip")),
        key(message, "identity"),
        key(message, "unwrap"));
  }

  static ECPublicKey key(JsonFields message, String name) throws Malformed {
    try {
      return PeerKey.parse(message.base64url(name, MAX_KEY).toArray());
    } catch (KeystoreRefusal notOnTheCurve) {
      throw new Malformed("enrolment." + name + " is not a key on P-256", notOnTheCurve);
    }
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "begin request of a " + keystore.text() + " keystore";
  }
}
