// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.jws;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.util.Optional;

/** The signature algorithms we accept in JWS (RFC 7518, RFC 8037) and COSE. Both make 64 bytes. */
enum JwsAlgorithm {
  ES256("ES256", -7, "SHA256withECDSAinP1363Format"),
  EDDSA("EdDSA", -8, "Ed25519");

  /** Exactly this long, or it is no signature: the JDK alone would take other lengths. */
  static final int SIGNATURE_LENGTH = 64;

  private static final int P256_BITS = 256;

  private final String joseName;
  private final int coseId;
  private final String jcaName;

  JwsAlgorithm(String joseName, int coseId, String jcaName) {
    this.joseName = joseName;
    this.coseId = coseId;
    this.jcaName = jcaName;
  }

  String joseName() {
    return joseName;
  }

  /** Its number in COSE (RFC 9053, 2). */
  int coseId() {
    return coseId;
  }

  String jcaName() {
    return jcaName;
  }

  /** The one algorithm a key is for; a header never chooses. */
  static Optional<JwsAlgorithm> of(PublicKey key) {
    if (key instanceof ECPublicKey ec && ec.getParams().getOrder().bitLength() == P256_BITS) {
      return Optional.of(ES256);
    }
    if (key instanceof EdECPublicKey ed && ed.getParams().getName().equals("Ed25519")) {
      return Optional.of(EDDSA);
    }
    return Optional.empty();
  }
}
