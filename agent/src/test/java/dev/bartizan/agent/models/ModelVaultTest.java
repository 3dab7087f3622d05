// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.crypto.envelope.Shards;
import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.protocol.release.Pieces;
import dev.bartizan.protocol.release.Pieces.Piece;
import dev.bartizan.protocol.release.ProbationLimits;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelVaultTest {
  private static final int SHARD = 64 << 20;

  // A length from outside: one byte more would be a negative one, and room for nothing.
  @Test
  void aModelOfTwoGigabytesIsRefusedBeforeThereIsRoomForIt() throws Exception {
    assertEquals(Integer.MAX_VALUE, ModelVault.lengthOf(model(Integer.MAX_VALUE)));
    for (long length : List.of(1L << 31, (1L << 32) + 5, 1L << 41)) {
      EnvelopeRefusal refusal =
          assertThrows(EnvelopeRefusal.class, () -> ModelVault.lengthOf(model(length)));
      assertEquals("MALFORMED", refusal.code());
      assertTrue(String.valueOf(refusal.getMessage()).contains("2 GiB"), refusal::toString);
    }
  }

  private static ReleaseManifest model(long length) {
    Digest digest = Digest.of(new byte[] {1});
    int shards = Math.toIntExact((length + SHARD - 1) / SHARD);
    return new ReleaseManifest(
        new ReleaseName("defect", "1.0.0"),
        1,
        "onnx",
        digest,
        new Shards(length, SHARD, Collections.nCopies(shards, digest)),
        new Pieces(List.of(new Piece(1, digest))),
        new EncryptedFile(
            "model.onnx",
            digest,
            ArtifactEncryptor.ciphertextLength(length),
            Bytes.of(new byte[24])),
        List.of(),
        Optional.empty(),
        ProbationLimits.DEFAULT,
        KeyDelivery.AHEAD);
  }
}
