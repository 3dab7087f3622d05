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

  private byte[] seal(byte[] content, int piece) throws IOException {
    sealed.reset();
    try (SecretBytes key = SecretBytes.take(new byte[32])) {
      ArtifactSealer sealer =
          ArtifactSealer.begin(
              key,
              Bytes.of(new byte[ArtifactSealer.SALT_LENGTH]),
              new ArtifactContext(shards.root(), 1, "model.onnx"),
              BulkCrypto.platform(),
              bytes -> {
                byte[] chunk = new byte[bytes.remaining()];
                bytes.get(chunk);
                sealed.write(chunk);
              });
      ShardSealer result = new ShardSealer(shards, sealer, Digest.sha256());
      for (int at = 0; at < content.length; at += piece) {
        result.write(ByteBuffer.wrap(content, at, Math.min(piece, content.length - at)));
      }
      result.finish();
    }
    return sealed.toByteArray();
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return bytes;
  }
}
