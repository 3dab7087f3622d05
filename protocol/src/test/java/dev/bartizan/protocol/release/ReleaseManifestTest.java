// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.envelope.Shards;
import dev.bartizan.crypto.json.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReleaseManifestTest {
  private static final Digest A = Digest.of(new byte[] {1});
  private static final Digest B = Digest.of(new byte[] {2});
  private static final Bytes SALT = Bytes.of(new byte[24]);
  private static final ReleaseManifest MANIFEST =
      new ReleaseManifest(
          new ReleaseName("defect", "1.1.0"),
          3,
          "onnx",
          B,
          new Shards(15, 10, List.of(A, B)),
          new Pieces(List.of(new Pieces.Piece(4, A), new Pieces.Piece(11, B))),
          new EncryptedFile("model.onnx", A, 87, SALT),
          List.of(new DeltaOffer("1.0.0", B, new EncryptedFile("from-1.0.0.delta", B, 99, SALT))),
          Optional.of(new GoldenOffer(new EncryptedFile("golden.tar", A, 5, SALT), 1e-3, 1e-5)),
          ProbationLimits.DEFAULT,
          KeyDelivery.AHEAD);

  @Test
  void whatIsWrittenIsReadBack() throws Exception {
    assertEquals(MANIFEST, ReleaseManifest.parse(MANIFEST.toJson()));
    assertEquals(MANIFEST.deltas().get(0), MANIFEST.deltaFrom(B).orElseThrow());
    assertEquals(Optional.empty(), MANIFEST.deltaFrom(A));
  }

  @Test
  void aManifestThatContradictsItselfIsRefusedByName() {
    assertMalformed("\"length\":15", "\"length\":25", "does not have 2 shards");
    assertMalformed(MANIFEST.model().root().hex(), A.hex(), "model.root");
    assertMalformed("\"lengths\":[4,11]", "\"lengths\":[4,12]", "pieces are not all");
    assertMalformed("\"lengths\":[4,11]", "\"lengths\":[4]", "pieces are not all");
    assertMalformed("\"lengths\":[4,11]", "\"lengths\":[15,0]", "a piece of 0 bytes");
    assertMalformed("\"shard_size\":10", "\"shard_size\":0", "shard_size");
    assertMalformed("bartizan-release/1", "bartizan-release/2", "schema");
    assertMalformed("\"name\":\"defect\"", "\"name\":\"../defect\"", "component name");
    assertMalformed("\"version\":\"1.1.0\"", "\"version\":\"\"", "version");
    assertMalformed("\"epoch\":3", "\"epoch\":-3", "epoch");
    assertMalformed("\"relative_tolerance\":0.001", "\"relative_tolerance\":7", "tolerance");
    assertMalformed("\"probation_seconds\":60", "\"probation_seconds\":9999999999", "30 days");
  }

  @Test
  void aSoftwareManifestIsReadBack() throws Exception {
    SoftwareManifest software =
        new SoftwareManifest(
            new ReleaseName("agent", "0.1.0"),
            Map.of("lib/a.jar", new SoftwareFile(10, A), "bin/bartizan", new SoftwareFile(0, B)));
    assertEquals(software, SoftwareManifest.parse(software.toJson()));
  }

  private static void assertMalformed(String good, String bad, String message) {
    String json = new String(MANIFEST.toJson(), StandardCharsets.UTF_8);
    assertTrue(json.contains(good), good);
    byte[] forged = json.replace(good, bad).getBytes(StandardCharsets.UTF_8);
    Malformed refusal = assertThrows(Malformed.class, () -> ReleaseManifest.parse(forged));
    assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
  }
}
