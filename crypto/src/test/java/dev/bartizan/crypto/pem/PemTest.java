// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.pem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.json.Malformed;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
  private static KeyPair pair(String algorithm) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (algorithm.equals("EC")) {
      generator.initialize(new ECGenParameterSpec("secp256r1"));
    }
    return generator.generateKeyPair();
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void aPublicKeyComesBackWhateverTextIsAroundIt(String algorithm) throws Exception {
    KeyPair pair = pair(algorithm);
    String pem = "# ours\n\n" + Pem.ofPublicKey(pair.getPublic()) + "\nand more\n";
    assertEquals(pair.getPublic(), Pem.publicKey(pem, "key.pub"));
  }

  @Test
  void aPrivateKeyComesBack() throws Exception {
    KeyPair pair = pair("EC");
    assertEquals(pair.getPrivate(), Pem.privateKey(Pem.ofPrivateKey(pair.getPrivate()), "key"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nothing",
        "-----BEGIN PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n",
        "-----BEGIN PRIVATE KEY-----\n????\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
      })
  void whatIsNoKeyIsRefusedByTheNameOfItsFile(String text) {
    Malformed refusal = assertThrows(Malformed.class, () -> Pem.privateKey(text, "the.key"));
    assertTrue(refusal.getMessage().startsWith("the.key"), refusal.getMessage());
    assertThrows(Malformed.class, () -> Pem.publicKey(text, "the.pub"));
    assertThrows(Malformed.class, () -> Pem.certificates(text, "the.pem"));
  }

  /** Attack: a message that is logged quotes a secret. */
  @Test
  void aDamagedPrivateKeyIsNotQuoted() throws Exception {
    String pem = Pem.ofPrivateKey(pair("EC").getPrivate());
    String body = pem.lines().skip(1).findFirst().orElseThrow();
    String damaged = pem.replace(body, body.substring(4));
    Malformed refusal = assertThrows(Malformed.class, () -> Pem.privateKey(damaged, "the.key"));
    assertFalse(refusal.toString().contains(body.substring(8, 20)), refusal.toString());
  }
}
