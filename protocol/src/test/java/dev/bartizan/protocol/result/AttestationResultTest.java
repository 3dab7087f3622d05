// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.jws.BadSignature;
import dev.bartizan.protocol.jws.CompactJws;
import dev.bartizan.protocol.jws.SoftwareSigner;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttestationResultTest {
  private static final Instant NOW = Instant.parse("2027-05-01T12:00:00Z");

  private final SoftwareSigner verifier = signer();

  @ParameterizedTest
  @CsvSource({
    "-128,CONTRAINDICATED",
    "-97,CONTRAINDICATED",
    "-96,WARNING",
    "-33,WARNING",
    "-32,AFFIRMING",
    "-2,AFFIRMING",
    "-1,NONE",
    "0,NONE",
    "1,NONE",
    "2,AFFIRMING",
    "31,AFFIRMING",
    "32,WARNING",
    "95,WARNING",
    "96,CONTRAINDICATED",
    "127,CONTRAINDICATED"
  })
  void theTiersAreThoseOfAr4si(int value, TrustTier tier) {
    assertEquals(tier, TrustTier.of(value));
  }

  @Test
  void aResultIsReadOnlyUnderTheVerifiersKey() throws Exception {
    AttestationResult result = result(TrustTier.WARNING);
    String jwt = result.sign(verifier);

    assertEquals(result, AttestationResult.accept(jwt, verifier.key()));
    assertThrows(BadSignature.class, () -> AttestationResult.accept(jwt, signer().key()));
  }

  @Test
  void aStatusIsNeverBetterThanItsWorstClaim() {
    assertThrows(IllegalArgumentException.class, () -> result(TrustTier.AFFIRMING));
  }

  // Attack: a command that the same key signed, offered as a result.
  @Test
  void anotherStatementOfTheSameKeyIsNoResult() throws Exception {
    String command =
        CompactJws.sign(
            verifier,
            CompactJws.signingInput(
                verifier.key(), "bartizan-command+jwt", result(TrustTier.WARNING).toJson()));

    assertThrows(Malformed.class, () -> AttestationResult.accept(command, verifier.key()));
  }

  private static AttestationResult result(TrustTier status) {
    return new AttestationResult(
        Ueid.of(Digest.of(new byte[] {1})),
        Nonce.ofHex("0102030405060708"),
        NOW,
        NOW.plusSeconds(3600),
        status,
        Map.of(TrustClaim.INSTANCE_IDENTITY, 2, TrustClaim.FILE_SYSTEM, 32),
        List.of(
            new AttestationResult.Reason(TrustTier.WARNING, "UNKNOWN_MODEL", "defect 9"),
            new AttestationResult.Reason(
                TrustTier.WARNING, "PCR_MISMATCH", new Compared("pcr 7\n", "", "x".repeat(999)))),
        Digest.of(new byte[] {3}));
  }

  private static SoftwareSigner signer() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      return new SoftwareSigner(pair.getPublic(), pair.getPrivate());
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
