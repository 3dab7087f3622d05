// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.envelope;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.PublicData;
import dev.bartizan.crypto.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Inflater;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Vectors that nobody here wrote: those of Wycheproof, where they lie beside the checkout. */
class ChunkedEncryptionVectorsTest {
  private static final String VECTORS = "wycheproof/c2sp_chunked_encryption_aes_256_gcm_test.json";

  /** The first vector of the set, so that a checkout alone checks the format too. */
  @Test
  void theEmptyMessageOfThePublicVectorsOpens() throws Exception {
    byte[] key =
        "YELLOW SUBMARINE YELLOW SUBMARIN".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    byte[] ciphertext =
        inflate(
            Bytes.ofHex(
                    "78da004800b7ff43a2e39431cbae0389d3fc86adf46f7c3a24de88d9311617e53f3164cc1d5dc738a66b97f0bf"
                        + "786565c31799c2f463d50a7e10046011dc6fc3c939e3a5db7affb6191551669554fb010000ffff4bc124df")
                .toArray());
    try (SecretBytes secret = SecretBytes.take(key)) {
      assertEquals(0, open(ciphertext, secret, new byte[0]).length);
    }
  }

  @TestFactory
  List<DynamicTest> everyVectorGivesItsResult() throws Exception {
    Path vectors = PublicData.file(VECTORS, ChunkedEncryptionVectorsTest.class);
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode group : new ObjectMapper().readTree(vectors.toFile()).get("testGroups")) {
      for (JsonNode vector : group.get("tests")) {
        String name = vector.get("tcId").asText() + " " + vector.get("comment").asText();
        tests.add(DynamicTest.dynamicTest(name, () -> check(vector)));
      }
    }
    return tests;
  }

  private static void check(JsonNode vector) throws Exception {
    byte[] ciphertext = inflate(hex(vector, "ct"));
    try (SecretBytes key = SecretBytes.take(hex(vector, "key"))) {
      if (vector.get("result").asText().equals("valid")) {
        byte[] plain = open(ciphertext, key, hex(vector, "ctx"));
        assertEquals(vector.get("msgLength").asLong(), plain.length);
        byte[] digest = MessageDigest.getInstance("SHA-512").digest(plain);
        assertEquals(vector.get("msgSha512").asText(), Bytes.of(digest).hex());
      } else if (key.length() != ChunkCipher.INPUT_KEY) {
        assertThrows(
            IllegalArgumentException.class, () -> open(ciphertext, key, hex(vector, "ctx")));
      } else {
        assertThrows(EnvelopeRefusal.class, () -> open(ciphertext, key, hex(vector, "ctx")));
      }
    }
  }

  private static byte[] open(byte[] ciphertext, SecretBytes key, byte[] context) throws Exception {
    EncryptedArtifact artifact =
        EncryptedArtifact.open(
            ByteSource.of(ciphertext), key, context, "vector", BulkCrypto.fastest());
    ByteBuffer plain = ByteBuffer.allocate(Math.toIntExact(artifact.length()));
    artifact.reader().read(0, plain);
    return plain.array();
  }

  private static byte[] hex(JsonNode vector, String field) {
    return Bytes.ofHex(vector.get(field).asText()).toArray();
  }

  private static byte[] inflate(byte[] zlib) throws Exception {
    Inflater inflater = new Inflater();
    inflater.setInput(zlib);
    byte[] out = new byte[16 << 20];
    int length = 0;
    while (!inflater.finished()) {
      int count = inflater.inflate(out, length, out.length - length);
      if (count == 0 && inflater.needsInput()) {
        break;
      }
      length += count;
    }
    inflater.end();
    return java.util.Arrays.copyOf(out, length);
  }
}
