// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.PcrApproval;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class BootAuthorityTest {
  private static final PcrSelection SIGNED = PcrSelection.parse("sha256:4,11");
  private static final PcrValues BOOT =
      new PcrValues(PcrSelection.parse("sha256:4,7,11"), List.of(value(4), value(7), value(11)));

  @Test
  void anApprovalIsOfTheChosenValuesAndSignedByTheAuthority() throws Exception {
    for (KeyPair pair : List.of(ecc("secp256r1"), rsa(2048))) {
      PcrApproval approval = BootAuthority.read(pem(pair), "key").approve(SIGNED, BOOT);
      assertEquals(SIGNED, approval.pcrs());
      assertEquals(Digest.of(pair.getPublic().getEncoded()), approval.keyFingerprint());
      assertTrue(approval.isOf(new PcrValues(SIGNED, List.of(value(4), value(11)))));
      assertFalse(approval.isOf(new PcrValues(SIGNED, List.of(value(4), value(12)))));
      boolean rsa = pair.getPublic().getAlgorithm().equals("RSA");
      Signature signature = Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSA");
      signature.initVerify(pair.getPublic());
      signature.update(approval.policy().value().toArray());
      assertTrue(signature.verify(approval.signature().toArray()));
    }
  }

  @Test
  void whatNoChipCouldCheckIsNoAuthority() throws Exception {
    for (byte[] key :
        List.of(
            new byte[0],
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
                .getBytes(StandardCharsets.US_ASCII),
            pem(ecc("secp384r1")),
            pem(rsa(1024)),
            pem(KeyPairGenerator.getInstance("Ed25519").generateKeyPair()))) {
      assertThrows(Refusal.class, () -> BootAuthority.read(key, "key"));
    }
  }

  @Test
  void valuesThatAreNotThereCannotBeApproved() throws Exception {
    BootAuthority authority = BootAuthority.read(pem(ecc("secp256r1")), "key");
    for (String pcrs : List.of("sha256:9", "sha384:4", "sha256:4+sha1:7")) {
      assertThrows(Refusal.class, () -> authority.approve(PcrSelection.parse(pcrs), BOOT));
    }
  }

  private static Bytes value(int pcr) {
    return Digest.of(new byte[] {(byte) pcr}).value();
  }

  private static KeyPair ecc(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new java.security.spec.ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  private static KeyPair rsa(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static byte[] pem(KeyPair pair) {
    String body = Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded());
    return ("-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
