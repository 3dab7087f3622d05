// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.envelope.ArtifactContext;
import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.envelope.Shards;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShardEncryptorTest {
  private static final int SHARD = 40_000;
  private static final byte[] MODEL = bytes(100_000);

  private final Shards shards =
      new Shards.Builder(SHARD, Digest.sha256()).add(ByteBuffer.wrap(MODEL)).build();
  private final ByteArrayOutputStream ciphertext = new ByteArrayOutputStream();

  @Test
  void whateverThePiecesTheResultIsTheOnePublishedFile() throws Exception {
    byte[] published = encrypt(MODEL, 100_000);
    assertArrayEquals(published, encrypt(MODEL, 1));
    assertArrayEquals(published, encrypt(MODEL, 39_999));
    assertEquals(ArtifactEncryptor.ciphertextLength(MODEL.length), published.length);
  }

  // Attack: a difference that gives another plaintext, to be encrypted with the published nonces.
  @Test
  void noShardIsEncryptedThatIsNotTheReleasedOne() throws Exception {
    byte[] forged = MODEL.clone();
    forged[SHARD + 5] ^= 1;
    ShardEncryptor.BadShard bad =
        assertThrows(ShardEncryptor.BadShard.class, () -> encrypt(forged, 10_000));
    assertEquals("HASH_MISMATCH", bad.refusal().code());
    int chunks = SHARD / (16 * 1024);
    assertEquals(
        56 + chunks * (16 * 1024 + 16), ciphertext.size(), "only chunks of the good shard");
  }

  @Test
  void aResultThatIsTooShortOrTooLongIsRefused() throws Exception {
    assertThrows(
        ShardEncryptor.BadShard.class,
        () -> encrypt(java.util.Arrays.copyOf(MODEL, 99_999), 5_000));
    assertThrows(
        ShardEncryptor.BadShard.class,
        () -> encrypt(java.util.Arrays.copyOf(MODEL, 100_001), 5_000));
  }

  // A power cut in the middle of a rebuild: what was encrypted before it is not encrypted again.
  @Test
  void anEncryptionThatWasInterruptedGoesOnAtAShard() throws Exception {
    long shard = 32 * 1024;
    Shards aligned =
        new Shards.Builder((int) shard, Digest.sha256()).add(ByteBuffer.wrap(MODEL)).build();
    byte[] published = encrypt(aligned, MODEL, 0, 5_000);
    int start = (int) ArtifactEncryptor.ciphertextPosition(2 * shard);
    byte[] rest = encrypt(aligned, MODEL, 2, 5_000);
    assertArrayEquals(java.util.Arrays.copyOfRange(published, start, published.length), rest);
    assertEquals(2 * shard, ArtifactEncryptor.plainPosition(start + 100));
  }

  private byte[] encrypt(byte[] content, int piece) throws IOException {
    return encrypt(shards, content, 0, piece);
  }

  private byte[] encrypt(Shards of, byte[] content, int first, int piece) throws IOException {
    ciphertext.reset();
    try (SecretBytes key = SecretBytes.take(new byte[32])) {
      Bytes salt = Bytes.of(new byte[ArtifactEncryptor.SALT_LENGTH]);
      ArtifactContext context = new ArtifactContext(of.root(), 1, "model.onnx");
      BulkCrypto crypto = BulkCrypto.platform();
      ArtifactEncryptor encryptor =
          first == 0
              ? ArtifactEncryptor.begin(key, salt, context, crypto, this::keep)
              : ArtifactEncryptor.resume(key, salt, context, crypto, this::keep, of.start(first));
      ShardEncryptor result = new ShardEncryptor(of, first, encryptor, Digest.sha256(), () -> {});
      for (int at = (int) of.start(first); at < content.length; at += piece) {
        result.write(ByteBuffer.wrap(content, at, Math.min(piece, content.length - at)));
      }
      result.finish();
    }
    return ciphertext.toByteArray();
  }

  private void keep(ByteBuffer bytes) {
    byte[] chunk = new byte[bytes.remaining()];
    bytes.get(chunk);
    ciphertext.write(chunk, 0, chunk.length);
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return bytes;
  }
}
