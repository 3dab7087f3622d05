// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.envelope.ArtifactSealer;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;

/**
 * A file of a release as it is published: encrypted, named by the digest of its ciphertext.
 *
 * @param file its name within the release, part of what its encryption is bound to
 * @param sealed SHA-256 of the ciphertext
 * @param sealedLength bytes of the ciphertext
 * @param salt with which it was sealed: a device that made the plaintext by a difference seals it
 *     again to the very file that was published
 */
public record SealedFile(String file, Digest sealed, long sealedLength, Bytes salt) {
  private static final int MAX_NAME = 128;

  static SealedFile parse(JsonFields fields) throws Malformed {
    return new SealedFile(
        fields.text("file", MAX_NAME),
        fields.digest("sealed_sha256"),
        fields.number("sealed_length"),
        salt(fields));
  }

  private static Bytes salt(JsonFields fields) throws Malformed {
    String hex = fields.text("salt", 2 * ArtifactSealer.SALT_LENGTH);
    if (!hex.matches("[0-9a-f]{" + 2 * ArtifactSealer.SALT_LENGTH + "}")) {
      throw new Malformed(
          "release.json: salt is not " + ArtifactSealer.SALT_LENGTH + " bytes in hexadecimal");
    }
    return Bytes.ofHex(hex);
  }

  ObjectNode toJson() {
    return StrictJson.object()
        .put("file", file)
        .put("sealed_sha256", sealed.hex())
        .put("sealed_length", sealedLength)
        .put("salt", salt.hex());
  }

  /** Where any static server has it, relative to the repository. */
  public String path() {
    return "artifacts/" + sealed.hex();
  }
}
