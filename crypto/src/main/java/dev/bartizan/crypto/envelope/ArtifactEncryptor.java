// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.envelope;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.SecretMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * Encrypts an artifact as a stream; {@link #finish} makes it complete.
 *
 * <p>A file without its last chunk is refused by {@link EncryptedArtifact}, so an encryptor that is
 * dropped half-way leaves nothing that could be mistaken for an artifact.
 */
public final class ArtifactEncryptor implements AutoCloseable {
  /** Bytes of plaintext in every chunk but the last. */
  public static final int CHUNK_LENGTH = ChunkCipher.CHUNK;

  /** Bytes of a salt. */
  public static final int SALT_LENGTH = ChunkCipher.SALT;

  /** Where the encrypted bytes go. */
  @FunctionalInterface
  public interface Sink {
    /** Takes all that remains in {@code ciphertext}; the buffer is used again afterwards. */
    void write(ByteBuffer ciphertext) throws IOException;
  }

  private final ChunkCipher cipher;
  private final Sink sink;
  private final SecretMemory.Region held;
  private final ByteBuffer plain;
  private final ByteBuffer ciphertext = ByteBuffer.allocate(ChunkCipher.ENCRYPTED_CHUNK);
  private long index;

  private ArtifactEncryptor(ChunkCipher cipher, SecretMemory.Region held, Sink sink) {
    this.cipher = cipher;
    this.held = held;
    this.plain = held.bytes().limit(ChunkCipher.CHUNK);
    this.sink = sink;
  }

  /** A fresh salt for {@link #begin}. */
  public static Bytes drawSalt(SecureRandom random) {
    byte[] salt = new byte[SALT_LENGTH];
    random.nextBytes(salt);
    return Bytes.of(salt);
  }

  /**
   * Writes the header.
   *
   * @param salt drawn for this plaintext, or the one with which this same plaintext was encrypted
   *     before; never that of another plaintext, since key and nonces follow from it
   */
  public static ArtifactEncryptor begin(
      SecretBytes inputKey, Bytes salt, ArtifactContext context, BulkCrypto crypto, Sink sink)
      throws IOException {
    SecretMemory.Region held = inputKey.memory().allocate(ChunkCipher.CHUNK);
    ChunkCipher cipher = ChunkCipher.derive(inputKey, salt.toArray(), context.encoded(), crypto);
    sink.write(ByteBuffer.wrap(salt.toArray()));
    sink.write(ByteBuffer.wrap(cipher.commitment()));
    return new ArtifactEncryptor(cipher, held, sink);
  }

  /**
   * Goes on with an encryption that was interrupted; writes no header.
   *
   * @param salt the one it was begun with, for this same plaintext
   * @param position where in the plaintext to go on: at a chunk's start
   */
  public static ArtifactEncryptor resume(
      SecretBytes inputKey,
      Bytes salt,
      ArtifactContext context,
      BulkCrypto crypto,
      Sink sink,
      long position)
      throws IOException {
    if (position % ChunkCipher.CHUNK != 0) {
      throw new IllegalArgumentException("no chunk starts at " + position);
    }
    SecretMemory.Region held = inputKey.memory().allocate(ChunkCipher.CHUNK);
    ChunkCipher cipher = ChunkCipher.derive(inputKey, salt.toArray(), context.encoded(), crypto);
    ArtifactEncryptor encryptor = new ArtifactEncryptor(cipher, held, sink);
    encryptor.index = position / ChunkCipher.CHUNK;
    return encryptor;
  }

  /**
   * How much plaintext the whole chunks in the first {@code ciphertextLength} bytes of a file hold.
   */
  public static long plainPosition(long ciphertextLength) {
    long body = Math.max(0, ciphertextLength - ChunkCipher.HEADER);
    return body / ChunkCipher.ENCRYPTED_CHUNK * ChunkCipher.CHUNK;
  }

  /**
   * Where in the encrypted file the chunk starts that starts at {@code position} in the plaintext.
   */
  public static long ciphertextPosition(long position) {
    return ChunkCipher.HEADER + position / ChunkCipher.CHUNK * ChunkCipher.ENCRYPTED_CHUNK;
  }

  /** Whether a chunk starts at {@code position} in the plaintext. */
  public static boolean isChunkStart(long position) {
    return position % ChunkCipher.CHUNK == 0;
  }

  /** The length of the encrypted file for {@code plainLength} plain bytes. */
  public static long ciphertextLength(long plainLength) {
    return ChunkCipher.HEADER
        + plainLength
        + (plainLength / ChunkCipher.CHUNK + 1) * ChunkCipher.TAG;
  }

  /** Takes all that remains in {@code content}. */
  public void write(ByteBuffer content) throws IOException {
    while (content.hasRemaining()) {
      int count = Math.min(content.remaining(), plain.remaining());
      plain.put(content.slice().limit(count));
      content.position(content.position() + count);
      if (!plain.hasRemaining()) {
        emit();
      }
    }
  }

  /** Writes the last chunk, which is shorter than a full one and may be empty, and wipes. */
  public void finish() throws IOException {
    emit();
    close();
  }

  /** Wipes keys and plaintext; without {@link #finish} the file is not complete. */
  @Override
  public void close() {
    held.close();
    cipher.close();
  }

  private void emit() throws IOException {
    plain.flip();
    ciphertext.clear();
    cipher.encrypt(index, plain, ciphertext);
    sink.write(ciphertext.flip());
    plain.clear().limit(ChunkCipher.CHUNK);
    index++;
  }
}
