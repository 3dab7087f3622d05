// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.envelope;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class EncryptedArtifactTest {
  private static final int CHUNK = ChunkCipher.CHUNK;
  private static final ArtifactContext CONTEXT =
      new ArtifactContext(Digest.of(new byte[] {1}), 7, "model.onnx");

  private final SecretBytes key = SecretBytes.take(new byte[32]);
  private final BulkCrypto crypto = BulkCrypto.fastest();

  @Test
  void everyLengthAroundAChunkComesBackFromAnyPosition() throws Exception {
    Random random = new Random(1);
    for (int length : new int[] {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 500}) {
      byte[] plain = bytes(random, length);
      byte[] ciphertext = encrypt(plain, crypto);
      assertEquals(ArtifactEncryptor.ciphertextLength(length), ciphertext.length);
      EncryptedArtifact.Reader reader = open(ciphertext, key, CONTEXT).reader();
      for (int i = 0; i < 40; i++) {
        int from = random.nextInt(length + 1);
        ByteBuffer piece = ByteBuffer.allocate(random.nextInt(length - from + 1));
        reader.read(from, piece);
        assertArrayEquals(Arrays.copyOfRange(plain, from, from + piece.capacity()), piece.array());
      }
    }
  }

  @Test
  void thePlatformOpensWhatTheNativeProviderEncryptedAndTheOtherWayRound() throws Exception {
    byte[] plain = bytes(new Random(2), 3 * CHUNK);
    for (BulkCrypto encryptor : new BulkCrypto[] {crypto, BulkCrypto.platform()}) {
      byte[] ciphertext = encrypt(plain, encryptor);
      for (BulkCrypto opener : new BulkCrypto[] {crypto, BulkCrypto.platform()}) {
        ByteBuffer found = ByteBuffer.allocate(plain.length);
        EncryptedArtifact.open(ByteSource.of(ciphertext), key, CONTEXT, opener)
            .reader()
            .read(0, found);
        assertArrayEquals(plain, found.array());
      }
    }
  }

  @Test
  void aFlippedBitAnywhereIsNoticed() throws Exception {
    byte[] ciphertext = encrypt(bytes(new Random(3), 2 * CHUNK + 10), crypto);
    for (int at = 0; at < ciphertext.length; at += at < 128 ? 1 : 97) {
      byte[] forged = ciphertext.clone();
      forged[at] ^= 1;
      EnvelopeRefusal refusal = assertThrows(EnvelopeRefusal.class, () -> readAll(forged));
      assertEquals(
          at < ChunkCipher.HEADER
              ? EnvelopeRefusal.Reason.WRONG_KEY
              : EnvelopeRefusal.Reason.TAMPERED,
          refusal.reason());
    }
  }

  @Test
  void everyTruncationIsNoticedBeforeAnythingCounts() throws Exception {
    byte[] ciphertext = encrypt(bytes(new Random(4), 2 * CHUNK + 10), crypto);
    for (int length = 0; length < ciphertext.length; length += 61) {
      byte[] cut = Arrays.copyOf(ciphertext, length);
      assertThrows(EnvelopeRefusal.class, () -> readAll(cut));
    }
  }

  @Test
  void nothingOfABadChunkIsReleased() throws Exception {
    byte[] ciphertext = encrypt(bytes(new Random(5), CHUNK), BulkCrypto.platform());
    ciphertext[ChunkCipher.HEADER + 5] ^= 1;
    ByteBuffer target = ByteBuffer.allocate(CHUNK);
    EncryptedArtifact artifact = open(ciphertext, key, CONTEXT);
    assertThrows(EnvelopeRefusal.class, () -> artifact.reader().read(0, target));
    assertArrayEquals(new byte[CHUNK], target.array());
  }

  @Test
  void aFileOfAnotherReleaseEpochNameOrKeyDoesNotOpen() throws Exception {
    byte[] ciphertext = encrypt(new byte[10], crypto);
    assertForeign(ciphertext, key, new ArtifactContext(Digest.of(new byte[] {2}), 7, "model.onnx"));
    assertForeign(ciphertext, key, new ArtifactContext(CONTEXT.root(), 8, "model.onnx"));
    assertForeign(ciphertext, key, new ArtifactContext(CONTEXT.root(), 7, "golden.tar"));
    byte[] other = new byte[32];
    other[31] = 1;
    assertForeign(ciphertext, SecretBytes.take(other), CONTEXT);
  }

  @Test
  void aWholeModelIsDecryptedAndCheckedOnAllCores() throws Exception {
    byte[] plain = bytes(new Random(6), 5 * CHUNK + 123);
    Shards shards =
        new Shards.Builder(CHUNK + 1000, Digest.sha256()).add(ByteBuffer.wrap(plain)).build();
    EncryptedArtifact artifact = open(encrypt(plain, crypto), key, CONTEXT);
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      ByteBuffer target = ByteBuffer.allocateDirect(plain.length);
      new VerifiedOpening(artifact, shards, crypto).into(target, executor, 3);
      assertEquals(ByteBuffer.wrap(plain), target);
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void weightsThatDecryptButAreNotTheReleasedOnesAreRefused() throws Exception {
    byte[] plain = bytes(new Random(7), 3 * CHUNK);
    Shards shards = new Shards.Builder(CHUNK, Digest.sha256()).add(ByteBuffer.wrap(plain)).build();
    plain[2 * CHUNK] ^= 1;
    EncryptedArtifact artifact = open(encrypt(plain, crypto), key, CONTEXT);
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      EnvelopeRefusal refusal =
          assertThrows(
              EnvelopeRefusal.class,
              () ->
                  new VerifiedOpening(artifact, shards, crypto)
                      .into(ByteBuffer.allocateDirect(plain.length), executor, 2));
      assertEquals(EnvelopeRefusal.Reason.HASH_MISMATCH, refusal.reason());
    } finally {
      executor.shutdown();
    }
  }

  private void assertForeign(byte[] ciphertext, SecretBytes key, ArtifactContext context) {
    EnvelopeRefusal refusal =
        assertThrows(EnvelopeRefusal.class, () -> open(ciphertext, key, context));
    assertEquals(EnvelopeRefusal.Reason.WRONG_KEY, refusal.reason());
  }

  private void readAll(byte[] ciphertext) throws Exception {
    EncryptedArtifact artifact = open(ciphertext, key, CONTEXT);
    artifact.reader().read(0, ByteBuffer.allocate(Math.toIntExact(artifact.length())));
  }

  private EncryptedArtifact open(byte[] ciphertext, SecretBytes key, ArtifactContext context)
      throws Exception {
    return EncryptedArtifact.open(ByteSource.of(ciphertext), key, context, crypto);
  }

  private byte[] encrypt(byte[] plain, BulkCrypto crypto) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ArtifactEncryptor encryptor =
        ArtifactEncryptor.begin(
            key,
            ArtifactEncryptor.drawSalt(new SecureRandom()),
            CONTEXT,
            crypto,
            piece -> {
              byte[] bytes = new byte[piece.remaining()];
              piece.get(bytes);
              out.write(bytes);
            });
    encryptor.write(ByteBuffer.wrap(plain));
    encryptor.finish();
    return out.toByteArray();
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
