// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.protocol.cbor.Cbor;
import dev.bartizan.protocol.cbor.CborMembers;
import dev.bartizan.protocol.cbor.Label;
import dev.bartizan.protocol.jws.BadSignature;
import dev.bartizan.protocol.jws.SoftwareSigner;
import dev.bartizan.protocol.jws.StatementKey;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CoseSign1Test {
  private static final int LIMIT = 4096;
  private static final Bytes CONTENT = Bytes.of("content".getBytes(StandardCharsets.UTF_8));

  private SoftwareSigner signer;
  private CoseSign1 good;

  @BeforeEach
  void sign() throws Exception {
    signer = signer("EC");
    good = CoseSign1.unsigned(signer.key(), "text/plain", CONTENT).signedBy(signer);
  }

  private static SoftwareSigner signer(String algorithm) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (algorithm.equals("EC")) {
      generator.initialize(new ECGenParameterSpec("secp256r1"));
    }
    KeyPair pair = generator.generateKeyPair();
    return new SoftwareSigner(pair.getPublic(), pair.getPrivate());
  }

  private static CoseSign1 parse(Bytes encoded) throws Malformed {
    return CoseSign1.parse(encoded, LIMIT, "message");
  }

  @Test
  void whatWasSignedIsReadBack() throws Exception {
    CoseSign1 read = parse(good.write());

    assertEquals(CONTENT, read.payload(signer.key()));
    assertEquals("text/plain", read.type());
    assertEquals(good.signingInputDigest(), read.signingInputDigest());
  }

  @Test
  void soIsWhatEdwardsCurvesSigned() throws Exception {
    SoftwareSigner ed25519 = signer("Ed25519");
    CoseSign1 made = CoseSign1.unsigned(ed25519.key(), "text/plain", CONTENT).signedBy(ed25519);

    assertEquals(CONTENT, parse(made.write()).payload(ed25519.key()));
  }

  /** RFC 9052, appendix C.2.1, as the COSE working group's examples have it, without a key id. */
  @Test
  void theSignatureOfAnotherImplementationHolds() throws Exception {
    Bytes protectedHeader = Bytes.ofHex("a10126");
    Bytes payload = Bytes.of("This is the content.".getBytes(StandardCharsets.UTF_8));
    Bytes signature =
        Bytes.ofHex(
            "8eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e"
                + "2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36");

    assertEquals(payload, new CoseSign1(protectedHeader, payload, signature).payload(exampleKey()));
  }

  private static StatementKey exampleKey() throws Exception {
    AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
    curve.init(new ECGenParameterSpec("secp256r1"));
    ECPoint point =
        new ECPoint(
            new BigInteger("bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff", 16),
            new BigInteger("20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e", 16));
    return StatementKey.of(
        KeyFactory.getInstance("EC")
            .generatePublic(
                new ECPublicKeySpec(point, curve.getParameterSpec(ECParameterSpec.class))));
  }

  @Test
  void anyBitThatWasSignedCounts() throws Exception {
    byte[] whole = good.write().toArray();
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 1;
      assertThrows(
          dev.bartizan.crypto.Refusal.class,
          () -> parse(Bytes.of(changed)).payload(signer.key()),
          "byte " + i);
    }
  }

  @Test
  void anotherKeyHasNotSigned() throws Exception {
    SoftwareSigner other = signer("EC");
    SoftwareSigner ed25519 = signer("Ed25519");
    assertThrows(BadSignature.class, () -> good.payload(other.key()));
    assertThrows(BadSignature.class, () -> good.payload(ed25519.key()));
  }

  @Test
  void whatNobodySignedHasNoPlace() {
    Cbor hidden = new CborMembers().put(Label.of(4, "kid"), Bytes.of(new byte[] {1})).map();
    Cbor[] messages = {
      new Cbor.Tagged(18, message(hidden)),
      new Cbor.Tagged(17, message(new CborMembers().map())),
      message(new CborMembers().map()),
      new Cbor.Tagged(18, Cbor.array(Cbor.of(good.protectedHeader()))),
      Cbor.of(7)
    };
    for (Cbor message : messages) {
      assertThrows(Malformed.class, () -> parse(message.write()));
    }
  }

  @Test
  void extensionsThatMustBeUnderstoodAreRefused() {
    Bytes header =
        new CborMembers()
            .put(Label.of(1, "alg"), -7)
            .put(Label.of(2, "crit"), Cbor.array(Cbor.of(9)))
            .map()
            .write();
    Bytes message = new CoseSign1(header, CONTENT, good.signature()).write();
    assertThrows(Malformed.class, () -> parse(message));
  }

  private Cbor message(Cbor unprotected) {
    return Cbor.array(
        Cbor.of(good.protectedHeader()),
        unprotected,
        Cbor.of(good.content()),
        Cbor.of(good.signature()));
  }
}
