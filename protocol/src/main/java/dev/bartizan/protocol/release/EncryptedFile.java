// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;

/**
 * A file of a release as it is published: encrypted, named by the digest of its ciphertext.
 *
 * @param file its name within the release, part of what its encryption is bound to
 * @param digest SHA-256 of the ciphertext
 * @param length bytes of the ciphertext
 * @param salt with which it was encrypted: a device that made the plaintext by a difference
 *     encrypts it again to the very file that was published
 */
public record EncryptedFile(String file, Digest digest, long length, Bytes salt) {
  private static final int MAX_NAME = 128;

  static EncryptedFile parse(JsonFields fields) throws Malformed {
    return new EncryptedFile(
        fields.text("file", MAX_NAME),
        fields.digest("ciphertext_sha256"),
        fields.number("ciphertext_length"),
        salt(fields));
  }

  private static Bytes salt(JsonFields fields) throws Malformed {
    String hex = fields.text("salt", 2 * ArtifactEncryptor.SALT_LENGTH);
    if (!hex.matches("[0-9a-f]{" + 2 * ArtifactEncryptor.SALT_LENGTH + "}")) {
      throw new Malformed(
          "release.json: salt is not " + ArtifactEncryptor.SALT_LENGTH + " bytes in hexadecimal");
    }
    return Bytes.ofHex(hex);
  }

  ObjectNode toJson() {
    return StrictJson.object()
        .put("file", file)
        .put("ciphertext_sha256", digest.hex())
        .put("ciphertext_length", length)
        .put("salt", salt.hex());
  }

  /** Where any static server has it, relative to the repository. */
  public String path() {
    return "artifacts/" + digest.hex();
  }
}
