// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.jws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import dev.bartizan.crypto.json.Malformed;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in JSON, compared with another implementation's and with the RFCs' own. */
class StatementKeyTest {
  private static final int KEYS = 300;

  /** RFC 8037, appendix A.2 and A.3. */
  @Test
  void theKeyOfRfc8037HasTheThumbprintItSays() throws Exception {
    StatementKey key =
        StatementKey.ofJwk(
            "a",
            "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
                + "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}");
    assertEquals("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", StatementKey.thumbprint(key.key()));
  }

  /** RFC 7517, appendix A.1, with its private part from A.2. */
  @Test
  void aPrivatePartIsIgnoredAndNotWrittenAgain() throws Exception {
    StatementKey key =
        StatementKey.ofJwk(
            "1",
            "{\"kty\":\"EC\",\"crv\":\"P-256\","
                + "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
                + "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\","
                + "\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\",\"use\":\"enc\"}");
    assertFalse(key.toJwkTree().has("d"));
    JWK other = JWK.parse(key.toJwkTree().toString());
    assertEquals(other.computeThumbprint().toString(), StatementKey.thumbprint(key.key()));
  }

  /** Coordinates that begin with zeros are among them. */
  @Test
  void manyKeysAreReadAndNamedAsAnotherImplementationDoes() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    for (int i = 0; i < KEYS; i++) {
      ECPublicKey key = (ECPublicKey) generator.generateKeyPair().getPublic();
      ECKey other = new ECKey.Builder(Curve.P_256, key).build();
      assertEquals(other.computeThumbprint().toString(), StatementKey.thumbprint(key));
      assertEquals(key, StatementKey.ofJwk("a", other.toJSONString()).key());
      assertEquals(other, JWK.parse(StatementKey.of(key).toJwkTree().toString()));
    }
    var ed25519 = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
    JWK other = OctetKeyPair.parse(StatementKey.of(ed25519).toJwkTree().toString());
    assertEquals(other.computeThumbprint().toString(), StatementKey.thumbprint(ed25519));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"kty\":\"RSA\",\"crv\":\"P-256\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"AA\",\"y\":\"AA\"}",
        "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AA\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}",
        "{\"kty\":\"EC\",\"kty\":\"EC\",\"crv\":\"P-256\"}",
        // The point of RFC 7517, its x one bit off: on no curve.
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D8\","
            + "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}"
      })
  void whatIsNoKeyOfOursIsRefusedByItsName(String jwk) {
    Malformed refusal = assertThrows(Malformed.class, () -> StatementKey.ofJwk("k1", jwk));
    assertTrue(refusal.getMessage().startsWith("key k1 is no public key"), refusal.getMessage());
  }
}
