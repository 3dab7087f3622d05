// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.jws;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.crypto.keystore.PeerKey;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import org.bouncycastle.util.Arrays;
import org.bouncycastle.util.BigIntegers;

/** The two kinds of public key we verify statements with, as JWK (RFC 7517, RFC 8037). */
final class PublicJwk {
  /** Both a coordinate of P-256 and a key of Ed25519. */
  private static final int LENGTH = 32;

  private static final int MAX_JSON = 4096;
  private static final int MAX_NAME = 20;
  private static final byte[] ED25519_SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

  /** Up to and with the mark of an uncompressed point. */
  private static final byte[] P256_SPKI =
      HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

  private PublicJwk() {}

  /**
   * The key; fields we do not know, and a private part, are ignored.
   *
   * @throws Malformed when it is neither kind, or no point of its curve
   */
  static PublicKey parse(String json, String what) throws Malformed {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    JsonFields fields = StrictJson.read(bytes, MAX_JSON, what);
    String kind = fields.text("kty", MAX_NAME) + " " + fields.text("crv", MAX_NAME);
    try {
      return switch (kind) {
        case "EC P-256" ->
            PeerKey.parse(Arrays.concatenate(P256_SPKI, part(fields, "x"), part(fields, "y")));
        case "OKP Ed25519" -> ed25519(part(fields, "x"));
        default -> throw new Malformed("neither P-256 nor Ed25519");
      };
    } catch (KeystoreRefusal | GeneralSecurityException noPoint) {
      throw new Malformed(what + " is no point of its curve", noPoint);
    }
  }

  private static byte[] part(JsonFields fields, String name) throws Malformed {
    Bytes part = fields.base64url(name, LENGTH);
    if (part.length() != LENGTH) {
      throw new Malformed("a key has parts of 32 bytes, not " + part.length());
    }
    return part.toArray();
  }

  private static PublicKey ed25519(byte[] x) throws GeneralSecurityException {
    return KeyFactory.getInstance("Ed25519")
        .generatePublic(new X509EncodedKeySpec(Arrays.concatenate(ED25519_SPKI, x)));
  }

  static ObjectNode of(PublicKey key) {
    ObjectNode jwk = StrictJson.object();
    if (key instanceof ECPublicKey ec) {
      jwk.put("kty", "EC").put("crv", "P-256");
      jwk.put("x", coordinate(ec.getW().getAffineX())).put("y", coordinate(ec.getW().getAffineY()));
    } else {
      jwk.put("kty", "OKP").put("crv", "Ed25519").put("x", lastBytes(key));
    }
    return jwk;
  }

  /** RFC 7638: the required members alone, in the order of their names, without blanks. */
  static String thumbprint(PublicKey key) {
    ObjectNode jwk = of(key);
    ObjectNode sorted = StrictJson.object();
    for (String name : new String[] {"crv", "kty", "x", "y"}) {
      if (jwk.has(name)) {
        sorted.set(name, jwk.get(name));
      }
    }
    return Base64Url.encode(Digest.of(StrictJson.write(sorted)).value().toArray());
  }

  private static String coordinate(BigInteger number) {
    return Base64Url.encode(BigIntegers.asUnsignedByteArray(LENGTH, number));
  }

  private static String lastBytes(PublicKey key) {
    byte[] spki = key.getEncoded();
    return Base64Url.encode(Arrays.copyOfRange(spki, spki.length - LENGTH, spki.length));
  }
}
