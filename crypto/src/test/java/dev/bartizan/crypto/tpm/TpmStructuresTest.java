// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Parsers of what an attacker may have written: they accept one form and throw one type. */
class TpmStructuresTest {
  private static final Bytes MESSAGE = Bytes.of("signed".getBytes(StandardCharsets.UTF_8));

  // A quote of an emulated TPM over sha256:7, extra data 0011.
  private static final Bytes QUOTE =
      Bytes.of(
          new TpmWriter()
              .u32(0xff544347)
              .u16(0x8018)
              .sized(new byte[34])
              .sized(new byte[] {0, 0x11})
              .u64(1234)
              .u32(-1)
              .u32(2)
              .u8(1)
              .u64(0x2019102300163636L)
              .u32(1)
              .u16(0x000b)
              .u8(3)
              .u8(0x80)
              .u8(0)
              .u8(0)
              .sized(new byte[32])
              .toArray());

  @Test
  void aQuoteIsReadFieldByField() throws Exception {
    QuoteAttest quote = QuoteAttest.parse(QUOTE);
    assertEquals(new ClockReading(1234, 0xffff_ffffL, 2, true), quote.header().clock());
    assertEquals(Bytes.ofHex("0011"), quote.header().extraData());
    assertEquals(PcrSelection.parse("sha256:7"), quote.selection());
  }

  @Test
  void noPrefixAndNoExtensionOfAQuoteIsOne() {
    byte[] whole = QUOTE.toArray();
    for (int length = 0; length <= whole.length + 1; length++) {
      if (length != whole.length) {
        Bytes other = Bytes.of(Arrays.copyOf(whole, length));
        assertThrows(TpmRefusal.class, () -> QuoteAttest.parse(other));
      }
    }
  }

  @Test
  void aStatementOfAnotherTypeIsNoQuoteAndAQuoteIsNoCertification() {
    assertThrows(TpmRefusal.class, () -> CertifyAttest.parse(QUOTE));
    byte[] foreign = QUOTE.toArray();
    foreign[0] = 0;
    assertThrows(TpmRefusal.class, () -> QuoteAttest.parse(Bytes.of(foreign)));
  }

  @Test
  void whateverTheBytesTheAnswerIsAValueThatEncodesToThemOrARefusal() {
    Random random = new Random(20261123);
    List<Bytes> seeds =
        List.of(
            KeyTemplates.attestationKey().encode(),
            EndorsementKind.RSA_2048.template().encode(),
            KeyTemplates.sealed(PolicyDigest.start()).encode());
    for (int i = 0; i < 20_000; i++) {
      byte[] mutated = seeds.get(i % seeds.size()).toArray();
      mutated[random.nextInt(Math.min(mutated.length, 24))] ^= (byte) (1 << random.nextInt(8));
      Bytes bytes = Bytes.of(mutated);
      try {
        assertEquals(bytes, TpmPublic.parse(bytes).encode());
      } catch (TpmRefusal expected) {
        assertTrue(expected.code().startsWith("TPM_"));
      }
    }
  }

  // Attack: the JDK takes some encodings that are no signatures.
  @Test
  void numbersOutOfRangeAreNoSignature() throws Exception {
    KeyPair pair = pair();
    ECPublicKey key = (ECPublicKey) pair.getPublic();
    EcdsaSignature good = sign(pair);
    good.requireBy(key, MESSAGE);
    assertEquals(good, TpmSignature.parse(good.encode()));
    BigInteger order = key.getParams().getOrder();
    Bytes zero = Bytes.of(new byte[32]);
    Bytes tooBig = Bytes.of(TpmCurve.P256.fixed(order));
    assertBad(new EcdsaSignature(TpmHash.SHA256, zero, good.s()), key);
    assertBad(new EcdsaSignature(TpmHash.SHA256, good.r(), Bytes.empty()), key);
    assertBad(new EcdsaSignature(TpmHash.SHA256, good.r(), tooBig), key);
    assertBad(new EcdsaSignature(TpmHash.SHA256, good.s(), good.r()), key);
  }

  @Test
  void aSignatureOverSha1IsNotEvenLookedAt() throws Exception {
    KeyPair pair = pair();
    EcdsaSignature good = sign(pair);
    EcdsaSignature weak = new EcdsaSignature(TpmHash.SHA1, good.r(), good.s());
    TpmRefusal refusal =
        assertThrows(TpmRefusal.class, () -> weak.requireBy(pair.getPublic(), MESSAGE));
    assertEquals(TpmRefusal.Reason.UNSUPPORTED_ALGORITHM, refusal.reason());
  }

  @Test
  void derIsMinimalWhateverTheLeadingBits() throws Exception {
    KeyPair pair = pair();
    for (int i = 0; i < 200; i++) {
      Signature verifier = Signature.getInstance("SHA256withECDSA");
      verifier.initVerify(pair.getPublic());
      verifier.update(MESSAGE.toArray());
      assertTrue(verifier.verify(sign(pair).der().toArray()));
    }
    Bytes one = Bytes.of(new byte[] {0, 1});
    Bytes high = Bytes.of(new byte[] {(byte) 0x80});
    assertEquals(
        "30070201010202" + "0080", new EcdsaSignature(TpmHash.SHA256, one, high).der().hex());
  }

  @Test
  void aKeyThatMayDoMoreThanItsPurposeIsRefused() throws Exception {
    KeyTemplates.attestationKey().requireAttestationKey();
    assertThrows(TpmRefusal.class, () -> KeyTemplates.signingKey().requireAttestationKey());
    assertThrows(TpmRefusal.class, () -> KeyTemplates.attestationKey().requireSigningKey());
    assertThrows(TpmRefusal.class, () -> KeyTemplates.storageRoot().requireAttestationKey());
    assertThrows(
        TpmRefusal.class, () -> KeyTemplates.signingKey().requirePolicyBoundAgreementKey());
  }

  @Test
  void selectionsReadAsTheyWereWritten() {
    for (String text : List.of("sha256:7", "sha256:0,2,7,23", "sha1:0+sha384:11")) {
      assertEquals(text, PcrSelection.parse(text).toString());
    }
    for (String text :
        List.of("", "7", "sha256:", "sha256:24", "md5:1", "sha256:1,", "sha256:1+sha256:2")) {
      assertThrows(IllegalArgumentException.class, () -> PcrSelection.parse(text));
    }
  }

  @Test
  void theStandardEndorsementPolicyIsPolicySecretOfTheEndorsementHierarchy() {
    assertEquals(
        EndorsementKind.ECC_P256.template().policy(),
        PolicyDigest.start().secret(Hierarchy.ENDORSEMENT).value());
    assertTrue(EndorsementKind.ECC_P384.template().policy().hex().startsWith("b26e7d28"));
  }

  private static void assertBad(EcdsaSignature signature, ECPublicKey key) {
    TpmRefusal refusal = assertThrows(TpmRefusal.class, () -> signature.requireBy(key, MESSAGE));
    assertEquals("TPM_BAD_SIGNATURE", refusal.code());
  }

  private static EcdsaSignature sign(KeyPair pair) throws Exception {
    Signature signer = Signature.getInstance("SHA256withECDSAinP1363Format");
    signer.initSign(pair.getPrivate());
    signer.update(MESSAGE.toArray());
    byte[] both = signer.sign();
    return new EcdsaSignature(
        TpmHash.SHA256,
        Bytes.of(Arrays.copyOf(both, 32)),
        Bytes.of(Arrays.copyOfRange(both, 32, 64)));
  }

  private static KeyPair pair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }
}
