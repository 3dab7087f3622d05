// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.vectors;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.SecretMemory;
import dev.bartizan.crypto.envelope.KeyEnvelope;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.pem.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.KeyAgreement;

/**
 * A content key in envelopes, with the certificates they were made for. All of it was made once, by
 * OpenSSL: {@code openssl cms -encrypt -aes-256-cbc -keyopt ecdh_kdf_md:sha256}.
 */
final class Envelopes {
  private static final String KEY = "content key of the vectors, 32 B";

  private Envelopes() {}

  static X509Certificate authority() throws Exception {
    return Pem.certificates(pem("authority"), "authority").get(0);
  }

  static X509Certificate keyBroker() throws Exception {
    return Pem.certificates(pem("key-broker"), "key broker").get(0);
  }

  static String pem(String name) throws IOException {
    return resource(name + ".pem");
  }

  static Vectors vectors() throws Exception {
    byte[] good = bytes("envelope-key-broker.hex");
    Vectors vectors = new Vectors();
    vectors.given().put("recipient", pem("key-broker"));
    vectors.given().put("private_key_pkcs8", resource("key-broker.key.hex").trim());
    ObjectNode key = StrictJson.object().put("content_key", Bytes.of(KEY.getBytes(US_ASCII)).hex());
    return vectors
        .valid("by OpenSSL", good, key)
        .refused("for another certificate", bytes("envelope-authority.hex"), "WRONG_DEVICE")
        .refused("a byte of the content changed", Vectors.flipped(good, -1), "WRONG_KEY")
        .refused("a byte short", Arrays.copyOf(good, good.length - 1), "MALFORMED")
        .refused("a byte behind it", Arrays.copyOf(good, good.length + 1), "MALFORMED")
        .refused("longer than 16 KiB", new byte[KeyEnvelope.MAX_LENGTH + 1], "MALFORMED")
        .refused("nothing", new byte[0], "MALFORMED");
  }

  static ObjectNode open(byte[] document) throws IOException, Refusal {
    try (SecretBytes key =
        KeyEnvelope.parse(document).open(recipient(), Envelopes::agree, SecretMemory.ordinary())) {
      return StrictJson.object().put("content_key", key.reveal(Bytes::of).hex());
    }
  }

  private static X509Certificate recipient() {
    try {
      return keyBroker();
    } catch (Exception unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  private static SecretBytes agree(ECPublicKey ephemeral) throws IOException {
    try {
      KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
      agreement.init(
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(bytes("key-broker.key.hex"))));
      agreement.doPhase(ephemeral, true);
      return SecretBytes.take(agreement.generateSecret());
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static byte[] bytes(String name) throws IOException {
    return Bytes.ofHex(resource(name).trim()).toArray();
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Envelopes.class.getResourceAsStream("/vectors/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), US_ASCII);
    }
  }
}
