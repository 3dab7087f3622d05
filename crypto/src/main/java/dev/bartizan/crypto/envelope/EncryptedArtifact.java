// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.envelope;

import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.SecretMemory;
import dev.bartizan.crypto.envelope.EnvelopeRefusal.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * An encrypted artifact, opened for reading at any position.
 *
 * <p>The key commitment is checked before the first chunk, so that a wrong key, release, epoch or
 * name is told apart from damage; then the last chunk, so that the length is known to be true.
 * Reading is from one thread per {@link Reader}; readers share nothing but source and keys.
 *
 * <p>{@link #close} wipes the keys: the artifact and its readers open nothing afterwards.
 */
public final class EncryptedArtifact implements AutoCloseable {
  private final ByteSource source;
  private final ChunkCipher keys;
  private final long length;

  private EncryptedArtifact(ByteSource source, ChunkCipher keys, long length) {
    this.source = source;
    this.keys = keys;
    this.length = length;
  }

  /**
   * Checks the key commitment and the length.
   *
   * @param inputKey the release's content key, 32 bytes
   * @throws EnvelopeRefusal TRUNCATED, WRONG_KEY or TAMPERED
   */
  public static EncryptedArtifact open(
      ByteSource source, SecretBytes inputKey, ArtifactContext context, BulkCrypto crypto)
      throws IOException, EnvelopeRefusal {
    return open(source, inputKey, context.encoded(), context.file(), crypto);
  }

  static EncryptedArtifact open(
      ByteSource source, SecretBytes inputKey, byte[] context, String file, BulkCrypto crypto)
      throws IOException, EnvelopeRefusal {
    long length = plainLength(source.size());
    byte[] salt = read(source, 0, ChunkCipher.SALT);
    ChunkCipher keys = ChunkCipher.derive(inputKey, salt, context, crypto);
    EncryptedArtifact artifact = new EncryptedArtifact(source, keys, length);
    try {
      artifact.authenticateKeys(file);
      artifact.authenticateLength();
      return artifact;
    } catch (IOException | EnvelopeRefusal notOurs) {
      artifact.close();
      throw notOurs;
    }
  }

  private void authenticateKeys(String file) throws IOException, EnvelopeRefusal {
    byte[] commitment = read(source, ChunkCipher.SALT, ChunkCipher.COMMITMENT);
    if (!MessageDigest.isEqual(commitment, keys.commitment())) {
      throw new EnvelopeRefusal(
          Reason.WRONG_KEY, file + " was not encrypted with this key for this release");
    }
  }

  /** Opens the last chunk: only the true end of a file is a short chunk with that number. */
  private void authenticateLength() throws IOException, EnvelopeRefusal {
    Reader reader = reader();
    try {
      reader.hold(length / ChunkCipher.CHUNK);
    } finally {
      reader.wipe();
    }
  }

  /** The number of plain bytes. */
  public long length() {
    return length;
  }

  /** A reader of its own for one thread. */
  public Reader reader() {
    return new Reader();
  }

  @Override
  public void close() {
    keys.close();
  }

  /** The plain length of an encrypted file of {@code ciphertextLength} bytes. */
  static long plainLength(long ciphertextLength) throws EnvelopeRefusal {
    long body = ciphertextLength - ChunkCipher.HEADER;
    long rest = body % ChunkCipher.ENCRYPTED_CHUNK;
    // The last chunk is always shorter than a full one, so that no prefix of a file is a file.
    if (body < ChunkCipher.TAG || rest < ChunkCipher.TAG) {
      throw new EnvelopeRefusal(
          Reason.TRUNCATED, "no encrypted file has " + ciphertextLength + " bytes: it was cut off");
    }
    return body / ChunkCipher.ENCRYPTED_CHUNK * ChunkCipher.CHUNK + rest - ChunkCipher.TAG;
  }

  private static byte[] read(ByteSource source, long position, int length)
      throws IOException, EnvelopeRefusal {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    if (source.read(position, bytes) != length) {
      throw new EnvelopeRefusal(Reason.TRUNCATED, "the file ends at byte " + source.size());
    }
    return bytes.array();
  }

  /** Reads plain bytes; for one thread. */
  public final class Reader {
    private final ChunkCipher cipher = keys.another();
    private final ByteBuffer ciphertext = ByteBuffer.allocate(ChunkCipher.ENCRYPTED_CHUNK);
    private SecretMemory.@Nullable Region held;
    private long heldIndex;

    private Reader() {}

    /**
     * Reads at {@code position} until {@code target} is full or the artifact ends; returns how many
     * bytes that was.
     *
     * @throws EnvelopeRefusal TAMPERED or TRUNCATED; bytes of good chunks before the bad one may
     *     then be in {@code target}, none of the bad one
     */
    public int read(long position, ByteBuffer target) throws IOException, EnvelopeRefusal {
      int start = target.position();
      long at = position;
      while (target.hasRemaining() && at < length) {
        long index = at / ChunkCipher.CHUNK;
        int offset = (int) (at % ChunkCipher.CHUNK);
        int count = chunkLength(index);
        if (offset == 0 && target.remaining() >= count) {
          load(index);
          cipher.open(index, ciphertext, target);
        } else {
          ByteBuffer plain = hold(index);
          count = Math.min(target.remaining(), count - offset);
          target.put(target.position(), plain, offset, count);
          target.position(target.position() + count);
        }
        at += count;
      }
      return target.position() - start;
    }

    /** Zeroes what this reader still holds in plain. */
    public void wipe() {
      cipher.wipe();
      if (held != null) {
        held.close();
        held = null;
      }
    }

    private ByteBuffer hold(long index) throws IOException, EnvelopeRefusal {
      SecretMemory.Region chunk = held == null ? keys.memory().allocate(ChunkCipher.CHUNK) : held;
      if (held == null || heldIndex != index) {
        held = chunk;
        heldIndex = -1;
        load(index);
        cipher.open(index, ciphertext, chunk.bytes());
        heldIndex = index;
      }
      return chunk.bytes();
    }

    private void load(long index) throws IOException, EnvelopeRefusal {
      ciphertext.clear().limit(chunkLength(index) + ChunkCipher.TAG);
      long position = ChunkCipher.HEADER + index * ChunkCipher.ENCRYPTED_CHUNK;
      if (source.read(position, ciphertext) != ciphertext.limit()) {
        throw new EnvelopeRefusal(Reason.TRUNCATED, "the file ends within chunk " + index);
      }
      ciphertext.flip();
    }

    private int chunkLength(long index) {
      return (int) Math.min(ChunkCipher.CHUNK, length - index * ChunkCipher.CHUNK);
    }
  }
}
