// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.crypto.envelope.Shards;
import dev.bartizan.delta.decode.ResultSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Takes plaintext as it is rebuilt, checks it shard by shard, and only then encrypts it.
 *
 * <p>The order matters: key and nonces follow from the published salt, so no other plaintext than
 * the published one may ever be encrypted with them.
 */
final class ShardEncryptor implements ResultSink {
  /** A shard that is not what the release names, on its way through the decoder. */
  static final class BadShard extends IOException {
    private static final long serialVersionUID = 1L;
    private final EnvelopeRefusal refusal;

    BadShard(EnvelopeRefusal refusal) {
      super(refusal);
      this.refusal = refusal;
    }

    EnvelopeRefusal refusal() {
      return refusal;
    }
  }

  private final Shards shards;
  private final ArtifactEncryptor encryptor;
  private final MessageDigest sha256;
  private final Runnable progress;
  private final ByteBuffer shard;
  private int index;

  /** Takes the whole plaintext. */
  ShardEncryptor(Shards shards, ArtifactEncryptor encryptor, MessageDigest sha256) {
    this(shards, 0, encryptor, sha256, () -> {});
  }

  /**
   * Takes what is left of a plaintext.
   *
   * @param first the shard to begin with
   * @param progress told of each shard that is done
   */
  ShardEncryptor(
      Shards shards,
      int first,
      ArtifactEncryptor encryptor,
      MessageDigest sha256,
      Runnable progress) {
    this.index = first;
    this.shards = shards;
    this.encryptor = encryptor;
    this.sha256 = sha256;
    this.progress = progress;
    this.shard = ByteBuffer.allocateDirect((int) Math.min(shards.shardSize(), shards.length()));
  }

  @Override
  public void write(ByteBuffer piece) throws IOException {
    while (piece.hasRemaining()) {
      if (index == shards.digests().size()) {
        throw tooLong();
      }
      int count = Math.min(shards.length(index) - shard.position(), piece.remaining());
      shard.put(piece.slice().limit(count));
      piece.position(piece.position() + count);
      if (shard.position() == shards.length(index)) {
        encryptShard();
      }
    }
  }

  /** Writes the last chunk; the whole model has been checked when this returns. */
  void finish() throws IOException {
    if (index < shards.digests().size()) {
      throw new BadShard(
          new EnvelopeRefusal(
              EnvelopeRefusal.Reason.HASH_MISMATCH, "the result ends in shard " + index));
    }
    encryptor.finish();
    wipe();
  }

  /** Zeroes the plaintext that is still held. */
  void wipe() {
    for (int i = 0; i < shard.capacity(); i++) {
      shard.put(i, (byte) 0);
    }
  }

  private void encryptShard() throws IOException {
    shard.flip();
    try {
      shards.check(index, shard.duplicate(), sha256);
    } catch (EnvelopeRefusal different) {
      throw new BadShard(different);
    }
    encryptor.write(shard);
    shard.clear();
    index++;
    progress.run();
  }

  private BadShard tooLong() {
    return new BadShard(
        new EnvelopeRefusal(
            EnvelopeRefusal.Reason.HASH_MISMATCH,
            "the result is longer than the " + shards.length() + " bytes the release names"));
  }
}
