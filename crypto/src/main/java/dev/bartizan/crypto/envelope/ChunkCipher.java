// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.envelope;

import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.SecretMemory;
import dev.bartizan.crypto.offheap.HkdfSha512;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * The keys of one artifact and the transformation of one chunk (c2sp.org/chunked-encryption).
 *
 * <p>{@code key(32) || nonce(12) || commitment(32) = HKDF-Expand-SHA-512(input key, "…@v1+" ||
 * "AEAD_AES_256_GCM" || 0 || salt || context)}; chunk k uses nonce XOR k.
 *
 * <p>The cipher itself wants arrays: key and one chunk are on the heap while it runs, and wiped.
 */
final class ChunkCipher implements AutoCloseable {
  static final int SALT = 24;
  static final int COMMITMENT = 32;
  static final int HEADER = SALT + COMMITMENT;
  static final int CHUNK = 16 * 1024;
  static final int TAG = 16;
  static final int ENCRYPTED_CHUNK = CHUNK + TAG;
  static final int INPUT_KEY = 32;

  private static final int KEY = 32;
  private static final int NONCE = 12;
  private static final int DERIVED = KEY + NONCE + COMMITMENT;
  private static final byte[] INFO =
      "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0".getBytes(StandardCharsets.US_ASCII);

  private final SecretBytes derived;
  private final byte[] nonce;
  private final Cipher cipher;
  private final BulkCrypto crypto;
  private final TransientKey key;
  private final byte[] input = new byte[ENCRYPTED_CHUNK];
  private final byte[] output = new byte[ENCRYPTED_CHUNK];

  private ChunkCipher(SecretBytes derived, BulkCrypto crypto) {
    this.derived = derived;
    this.nonce = derived.lend(keys -> copy(keys, KEY, NONCE));
    this.crypto = crypto;
    this.cipher = crypto.aesGcm();
    this.key = new TransientKey(KEY, crypto.leavesNoKeys());
  }

  /** Derives the keys into memory of the same kind as the input key's. */
  static ChunkCipher derive(SecretBytes inputKey, byte[] salt, byte[] context, BulkCrypto crypto)
      throws IOException {
    if (inputKey.length() != INPUT_KEY || salt.length != SALT) {
      throw new IllegalArgumentException("the input key has 32 bytes and the salt 24");
    }
    byte[] info =
        ByteBuffer.allocate(INFO.length + SALT + context.length)
            .put(INFO)
            .put(salt)
            .put(context)
            .array();
    try (SecretMemory.Region workspace = inputKey.memory().allocate(HkdfSha512.WORKSPACE)) {
      SecretBytes derived = inputKey.beside(DERIVED, empty -> {});
      return inputKey.lend(
          prk -> {
            derived.lend(okm -> expand(prk, workspace.bytes(), info, okm));
            return new ChunkCipher(derived, crypto);
          });
    }
  }

  private static ByteBuffer expand(
      ByteBuffer prk, ByteBuffer workspace, byte[] info, ByteBuffer target) {
    new HkdfSha512(prk, workspace).expand(info, target);
    return target;
  }

  /** The same keys with a cipher of its own, for another thread. */
  ChunkCipher another() {
    return new ChunkCipher(derived, crypto);
  }

  byte[] commitment() {
    return derived.lend(keys -> copy(keys, KEY + NONCE, COMMITMENT));
  }

  /** The memory that the keys are in. */
  SecretMemory memory() {
    return derived.memory();
  }

  /** Encrypts the rest of {@code plain} as chunk {@code index}. */
  void encrypt(long index, ByteBuffer plain, ByteBuffer ciphertext) {
    try {
      int length = take(plain);
      ciphertext.put(output, 0, run(Cipher.ENCRYPT_MODE, index, length));
    } catch (GeneralSecurityException bug) {
      throw new IllegalStateException("encrypting chunk " + index, bug);
    }
  }

  /**
   * Decrypts the rest of {@code ciphertext} as chunk {@code index}.
   *
   * @throws EnvelopeRefusal TAMPERED; nothing of the chunk is then in {@code plain}
   */
  void open(long index, ByteBuffer ciphertext, ByteBuffer plain) throws EnvelopeRefusal {
    try {
      int length = take(ciphertext);
      plain.put(output, 0, run(Cipher.DECRYPT_MODE, index, length));
    } catch (AEADBadTagException forged) {
      throw new EnvelopeRefusal(
          EnvelopeRefusal.Reason.TAMPERED, "chunk " + index + " was changed", forged);
    } catch (GeneralSecurityException bug) {
      throw new IllegalStateException("opening chunk " + index, bug);
    }
  }

  private int take(ByteBuffer content) {
    int length = content.remaining();
    content.get(input, 0, length);
    return length;
  }

  private int run(int mode, long index, int length) throws GeneralSecurityException {
    try {
      key.fillFrom(derived);
      cipher.init(mode, key, parameters(index));
      return cipher.doFinal(input, 0, length, output, 0);
    } finally {
      key.wipe();
    }
  }

  /** Zeroes the chunk that was worked on last. */
  void wipe() {
    Arrays.fill(input, (byte) 0);
    Arrays.fill(output, (byte) 0);
  }

  /** Wipes the keys, for every cipher that shares them. */
  @Override
  public void close() {
    wipe();
    derived.close();
  }

  private GCMParameterSpec parameters(long index) {
    byte[] iv = nonce.clone();
    for (int i = 0; i < Long.BYTES; i++) {
      iv[NONCE - 1 - i] ^= (byte) (index >>> (8 * i));
    }
    return new GCMParameterSpec(TAG * 8, iv);
  }

  private static byte[] copy(ByteBuffer from, int start, int length) {
    byte[] bytes = new byte[length];
    from.get(start, bytes);
    return bytes;
  }
}
