// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.jws.BadSignature;
import dev.bartizan.protocol.jws.CompactJws;
import dev.bartizan.protocol.jws.StatementKey;
import dev.bartizan.protocol.jws.StatementSigner;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;

/**
 * The last thing a device says: a JWT of type {@code bartizan-farewell+jwt}, signed by its identity
 * key, which it destroys when the broker has this. It is the device's own word: a chip cannot show
 * that something is gone.
 *
 * @param device {@code iss}, its SPIFFE id as text
 * @param command {@code jti} of the command that ended it
 * @param at in whole seconds
 * @param dead what is gone for good by now, as {@link #CONTENT} and the names of keys
 */
public record Farewell(String device, String command, Instant at, Set<String> dead) {
  /** Models, their content keys, and what the device knew of them. */
  public static final String CONTENT = "content";

  /** Of the compact JWS, in bytes. */
  public static final int MAX_LENGTH = 4 * 1024;

  private static final String TYPE = "bartizan-farewell+jwt";
  private static final int MAX_TEXT = 400;
  private static final int MAX_DEAD = 16;

  public Farewell {
    dead = Set.copyOf(dead);
  }

  /** The compact JWS as it travels. */
  public String sign(StatementSigner signer) throws IOException, Refusal {
    return CompactJws.sign(signer, CompactJws.signingInput(signer.key(), TYPE, toJson()));
  }

  /**
   * Reads one of a device.
   *
   * @param identity the device's own key, by its registry
   * @throws BadSignature when another signed it
   */
  public static Farewell read(String compact, StatementKey identity)
      throws BadSignature, Malformed {
    if (compact.length() > MAX_LENGTH) {
      throw new Malformed("farewell: " + compact.length() + " characters");
    }
    CompactJws jws = CompactJws.parse(compact, "farewell");
    if (!jws.type().equals(TYPE)) {
      throw new Malformed("farewell header.typ is not " + TYPE);
    }
    JsonFields claims = StrictJson.read(jws.payload(identity), MAX_LENGTH, "farewell");
    return new Farewell(
        claims.text("iss", MAX_TEXT),
        claims.text("jti", MAX_TEXT),
        claims.instant("iat"),
        Set.copyOf(claims.texts("dead", MAX_DEAD, MAX_TEXT)));
  }

  private ObjectNode toJson() {
    ObjectNode claims = StrictJson.object();
    claims.put("iss", device).put("jti", command).put("iat", at.getEpochSecond());
    ArrayNode gone = claims.putArray("dead");
    new TreeSet<>(dead).forEach(gone::add);
    return claims;
  }
}
