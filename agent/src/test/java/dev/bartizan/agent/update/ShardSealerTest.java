// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.envelope.ArtifactContext;
import dev.bartizan.crypto.envelope.ArtifactSealer;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.envelope.Shards;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShardSealerTest {
  private static final int SHARD = 40_000;
  private static final byte[] MODEL = bytes(100_000);

  private final Shards shards =
      new Shards.Builder(SHARD, Digest.sha256()).add(ByteBuffer.wrap(MODEL)).build();
  private final ByteArrayOutputStream sealed = new ByteArrayOutputStream();

  @Test
  void whateverThePiecesTheResultIsTheOnePublishedFile() throws Exception {
    byte[] published = seal(MODEL, 100_000);
    assertArrayEquals(published, seal(MODEL, 1));
    assertArrayEquals(published, seal(MODEL, 39_999));
    assertEquals(ArtifactSealer.sealedLength(MODEL.length), published.length);
  }

  // Attack: a difference that gives another plaintext, to be encrypted with the published nonces.
  @Test
  void noShardIsSealedThatIsNotTheReleasedOne() throws Exception {
    byte[] forged = MODEL.clone();
    forged[SHARD + 5] ^= 1;
    ShardSealer.BadShard bad = assertThrows(ShardSealer.BadShard.class, () -> seal(forged, 10_000));
    assertEquals("HASH_MISMATCH", bad.refusal().code());
    int chunks = SHARD / (16 * 1024);
    assertEquals(56 + chunks * (16 * 1024 + 16), sealed.size(), "only chunks of the good shard");
  }

  @Test
  void aResultThatIsTooShortOrTooLongIsRefused() throws Exception {
    assertThrows(
        ShardSealer.BadShard.class, () -> seal(java.util.Arrays.copyOf(MODEL, 99_999), 5_000));
    assertThrows(
        ShardSealer.BadShard.class, () -> seal(java.util.Arrays.copyOf(MODEL, 100_001), 5_000));
  }

  // A power cut in the middle of a rebuild: what was sealed before it is not sealed again.
  @Test
  void aSealingThatWasInterruptedGoesOnAtAShard() throws Exception {
    long shard = 32 * 1024;
    Shards aligned =
        new Shards.Builder((int) shard, Digest.sha256()).add(ByteBuffer.wrap(MODEL)).build();
    byte[] published = seal(aligned, MODEL, 0, 5_000);
    int start = (int) ArtifactSealer.sealedPosition(2 * shard);
    byte[] rest = seal(aligned, MODEL, 2, 5_000);
    assertArrayEquals(java.util.Arrays.copyOfRange(published, start, published.length), rest);
    assertEquals(2 * shard, ArtifactSealer.plainPosition(start + 100));
  }

  private byte[] seal(byte[] content, int piece) throws IOException {
    return seal(shards, content, 0, piece);
  }

  private byte[] seal(Shards of, byte[] content, int first, int piece) throws IOException {
    sealed.reset();
    try (SecretBytes key = SecretBytes.take(new byte[32])) {
      Bytes salt = Bytes.of(new byte[ArtifactSealer.SALT_LENGTH]);
      ArtifactContext context = new ArtifactContext(of.root(), 1, "model.onnx");
      BulkCrypto crypto = BulkCrypto.platform();
      ArtifactSealer sealer =
          first == 0
              ? ArtifactSealer.begin(key, salt, context, crypto, this::keep)
              : ArtifactSealer.resume(key, salt, context, crypto, this::keep, of.start(first));
      ShardSealer result = new ShardSealer(of, first, sealer, Digest.sha256(), () -> {});
      for (int at = (int) of.start(first); at < content.length; at += piece) {
        result.write(ByteBuffer.wrap(content, at, Math.min(piece, content.length - at)));
      }
      result.finish();
    }
    return sealed.toByteArray();
  }

  private void keep(ByteBuffer bytes) {
    byte[] chunk = new byte[bytes.remaining()];
    bytes.get(chunk);
    sealed.write(chunk, 0, chunk.length);
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return bytes;
  }
}
