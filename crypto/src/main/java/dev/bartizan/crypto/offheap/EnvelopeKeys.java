// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.offheap;

import java.nio.ByteBuffer;

/**
 * The way from an agreed secret to what was wrapped with it: the X9.63 KDF on SHA-256 (SEC 1,
 * 3.6.1), AES-256 key unwrap (RFC 3394, 2.2.2), AES-256-CBC. Each step overwrites the one before.
 */
public final class EnvelopeKeys {
  /** Bytes of working memory. */
  public static final int WORKSPACE = 1024;

  /** Bytes of a wrapped 256-bit key. */
  public static final int WRAPPED = Aes256.KEY + Long.BYTES;

  private static final int SCHEDULE = 64;
  private static final int SHA256 = SCHEDULE + Aes256.WORKSPACE;
  private static final long WHOLE = 0xa6a6a6a6a6a6a6a6L;
  private static final int PASSES = 6;

  private final ByteBuffer workspace;

  /**
   * @param workspace {@link #WORKSPACE} bytes, big-endian; whoever lent it wipes it
   */
  public EnvelopeKeys(ByteBuffer workspace) {
    if (workspace.remaining() < SHA256 + Sha256.WORKSPACE) {
      throw new IllegalArgumentException("the workspace is too small");
    }
    this.workspace = workspace.slice();
  }

  /** The key encryption key: SHA-256 of secret, counter and {@code sharedInfo}. */
  public void agree(ByteBuffer secret, byte[] sharedInfo) {
    Sha256 sha256 = new Sha256(workspace.slice(SHA256, Sha256.WORKSPACE));
    sha256.update(secret);
    sha256.update(ByteBuffer.wrap(new byte[] {0, 0, 0, 1}));
    sha256.update(ByteBuffer.wrap(sharedInfo));
    sha256.finish(key());
  }

  /**
   * Unwraps the next key with the one held, which it replaces.
   *
   * @return whether it was wrapped with that one
   */
  public boolean unwrap(byte[] wrapped) {
    Aes256 aes = new Aes256(key(), schedule());
    // a (8) || r1 .. r4 (32) || the block that is decrypted (16); behind the key it will become
    ByteBuffer work = workspace.slice(SHA256, WRAPPED + Aes256.BLOCK);
    work.put(0, wrapped);
    int parts = Aes256.KEY / Long.BYTES;
    for (int t = PASSES * parts; t > 0; t--) {
      int part = (1 + (t - 1) % parts) * Long.BYTES;
      work.putLong(WRAPPED, work.getLong(0) ^ t);
      work.putLong(WRAPPED + Long.BYTES, work.getLong(part));
      aes.decrypt(work, WRAPPED);
      work.putLong(0, work.getLong(WRAPPED));
      work.putLong(part, work.getLong(WRAPPED + Long.BYTES));
    }
    key().put(0, work, Long.BYTES, Aes256.KEY);
    return work.getLong(0) == WHOLE;
  }

  /**
   * Decrypts what was encrypted with the key held, in CBC mode with the padding of PKCS #7.
   *
   * @param plain takes all but the padding, which is a block of its own
   * @return whether the padding is right
   */
  public boolean decrypt(byte[] iv, byte[] ciphertext, ByteBuffer plain) {
    Aes256 aes = new Aes256(key(), schedule());
    ByteBuffer block = workspace.slice(SHA256, Aes256.BLOCK);
    boolean padded = true;
    for (int at = 0; at < ciphertext.length; at += Aes256.BLOCK) {
      block.put(0, ciphertext, at, Aes256.BLOCK);
      aes.decrypt(block, 0);
      for (int i = 0; i < Aes256.BLOCK; i++) {
        byte before = at == 0 ? iv[i] : ciphertext[at - Aes256.BLOCK + i];
        byte one = (byte) (block.get(i) ^ before);
        if (at + i < plain.remaining()) {
          plain.put(plain.position() + at + i, one);
        } else {
          padded &= one == Aes256.BLOCK;
        }
      }
    }
    return padded;
  }

  private ByteBuffer key() {
    return workspace.slice(0, Aes256.KEY);
  }

  private ByteBuffer schedule() {
    return workspace.slice(SCHEDULE, Aes256.WORKSPACE);
  }
}
