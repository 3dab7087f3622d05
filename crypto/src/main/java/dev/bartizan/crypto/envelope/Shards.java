// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.envelope;

import dev.bartizan.crypto.Digest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The digests of a plain file, piece by piece, so that pieces can be verified as they come and on
 * all cores (the shard serialisation of OpenSSF model signing).
 *
 * @param length bytes of the file
 * @param shardSize bytes of every shard but the last
 * @param digests SHA-256 of every shard, in order
 */
public record Shards(long length, int shardSize, List<Digest> digests) {
  /** A compromise: fine enough for two cores on small models, 32 KiB of digests per gigabyte. */
  public static final int DEFAULT_SIZE = 1 << 20;

  public Shards {
    digests = List.copyOf(digests);
    if (length < 0 || shardSize < 1 || digests.size() != count(length, shardSize)) {
      throw new IllegalArgumentException(
          "a file of " + length + " bytes does not have " + digests.size() + " shards");
    }
  }

  private static long count(long length, int shardSize) {
    return (length + shardSize - 1) / shardSize;
  }

  /** SHA-256 over the raw digests in order: the one name of the whole file. */
  public Digest root() {
    MessageDigest sha256 = Digest.sha256();
    digests.forEach(digest -> sha256.update(digest.value().asBuffer()));
    return Digest.ofValue(sha256.digest());
  }

  /** Where shard {@code index} starts. */
  public long start(int index) {
    return (long) index * shardSize;
  }

  /** How many bytes shard {@code index} has. */
  public int length(int index) {
    return (int) Math.min(shardSize, length - start(index));
  }

  /**
   * Compares the rest of {@code plain}, which is consumed, with shard {@code index}.
   *
   * @throws EnvelopeRefusal HASH_MISMATCH
   */
  public void check(int index, ByteBuffer plain, MessageDigest sha256) throws EnvelopeRefusal {
    sha256.reset();
    sha256.update(plain);
    Digest found = Digest.ofValue(sha256.digest());
    if (!found.equals(digests.get(index))) {
      throw new EnvelopeRefusal(
          EnvelopeRefusal.Reason.HASH_MISMATCH,
          "shard " + index + " is " + found + ", the release names " + digests.get(index));
    }
  }

  /** Takes a file as a stream and gives its shards. */
  public static final class Builder {
    private final int shardSize;
    private final MessageDigest sha256;
    private final List<Digest> digests = new ArrayList<>();
    private long length;

    public Builder(int shardSize, MessageDigest sha256) {
      this.shardSize = shardSize;
      this.sha256 = sha256;
    }

    /** Takes all that remains in {@code content}. */
    public Builder add(ByteBuffer content) {
      while (content.hasRemaining()) {
        int room = shardSize - (int) (length % shardSize);
        int count = Math.min(room, content.remaining());
        sha256.update(content.slice().limit(count));
        content.position(content.position() + count);
        length += count;
        if (length % shardSize == 0) {
          digests.add(Digest.ofValue(sha256.digest()));
        }
      }
      return this;
    }

    public Shards build() {
      if (length % shardSize != 0) {
        digests.add(Digest.ofValue(sha256.digest()));
      }
      return new Shards(length, shardSize, digests);
    }
  }
}
