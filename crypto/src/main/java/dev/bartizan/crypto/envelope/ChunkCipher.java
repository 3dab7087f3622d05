package dev.bartizan.crypto.envelope;

import dev.bartizan.crypto.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys of one artifact and the transformation of one chunk (c2sp.org/chunked-encryption).
 *
 * <p>{@code key(32) || nonce(12) || commitment(32) = HKDF-Expand-SHA-512(input key, "…@v1+" ||
 * "AEAD_AES_256_GCM" || 0 || salt || context)}; chunk k uses nonce XOR k.
 */
final class ChunkCipher {
  static final int SALT = 24;
  static final int COMMITMENT = 32;
  static final int HEADER = SALT + COMMITMENT;
  static final int CHUNK = 16 * 1024;
  static final int TAG = 16;
  static final int SEALED_CHUNK = CHUNK + TAG;
  static final int INPUT_KEY = 32;

  private static final int KEY = 32;
  private static final int NONCE = 12;
  private static final byte[] INFO =
      "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0".getBytes(StandardCharsets.US_ASCII);

  private final SecretKeySpec key;
  private final byte[] nonce;
  private final byte[] commitment;
  private final Cipher cipher;
  private final BulkCrypto crypto;

  private ChunkCipher(SecretKeySpec key, byte[] nonce, byte[] commitment, BulkCrypto crypto) {
    this.key = key;
    this.nonce = nonce;
    this.commitment = commitment;
    this.crypto = crypto;
    this.cipher = crypto.aesGcm();
  }

  static ChunkCipher derive(SecretBytes inputKey, byte[] salt, byte[] context, BulkCrypto crypto) {
    if (inputKey.length() != INPUT_KEY || salt.length != SALT) {
      throw new IllegalArgumentException("the input key has 32 bytes and the salt 24");
    }
    byte[] okm = inputKey.reveal(prk -> expand(prk, salt, context));
    try {
      return new ChunkCipher(
          new SecretKeySpec(okm, 0, KEY, "AES"),
          Arrays.copyOfRange(okm, KEY, KEY + NONCE),
          Arrays.copyOfRange(okm, KEY + NONCE, okm.length),
          crypto);
    } finally {
      Arrays.fill(okm, (byte) 0);
    }
  }

  /** The same keys with a cipher of its own, for another thread. */
  ChunkCipher another() {
    return new ChunkCipher(key, nonce, commitment, crypto);
  }

  byte[] commitment() {
    return commitment.clone();
  }

  /** Encrypts the rest of {@code plain} as chunk {@code index}. */
  void seal(long index, ByteBuffer plain, ByteBuffer sealed) {
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, parameters(index));
      cipher.doFinal(plain, sealed);
    } catch (GeneralSecurityException bug) {
      throw new IllegalStateException("sealing chunk " + index, bug);
    }
  }

  /**
   * Decrypts the rest of {@code sealed} as chunk {@code index}.
   *
   * @throws EnvelopeRefusal TAMPERED; nothing of the chunk is then in {@code plain}
   */
  void open(long index, ByteBuffer sealed, ByteBuffer plain) throws EnvelopeRefusal {
    int start = plain.position();
    int length = sealed.remaining() - TAG;
    try {
      cipher.init(Cipher.DECRYPT_MODE, key, parameters(index));
      cipher.doFinal(sealed, plain);
    } catch (AEADBadTagException forged) {
      wipe(plain, start, length);
      throw new EnvelopeRefusal(
          EnvelopeRefusal.Reason.TAMPERED, "chunk " + index + " was changed", forged);
    } catch (GeneralSecurityException bug) {
      throw new IllegalStateException("opening chunk " + index, bug);
    }
  }

  private static void wipe(ByteBuffer buffer, int start, int length) {
    buffer.position(start);
    for (int i = 0; i < length; i++) {
      buffer.put(start + i, (byte) 0);
    }
  }

  private GCMParameterSpec parameters(long index) {
    byte[] iv = nonce.clone();
    for (int i = 0; i < Long.BYTES; i++) {
      iv[NONCE - 1 - i] ^= (byte) (index >>> (8 * i));
    }
    return new GCMParameterSpec(TAG * 8, iv);
  }

  /** HKDF-Expand (RFC 5869, 2.3) to the 76 bytes that are needed: two blocks of SHA-512. */
  private static byte[] expand(byte[] prk, byte[] salt, byte[] context) {
    try {
      Mac hmac = Mac.getInstance("HmacSHA512");
      hmac.init(new SecretKeySpec(prk, "HmacSHA512"));
      byte[] okm = new byte[KEY + NONCE + COMMITMENT];
      byte[] block = new byte[0];
      for (int done = 0, counter = 1; done < okm.length; done += block.length, counter++) {
        hmac.update(block);
        hmac.update(INFO);
        hmac.update(salt);
        hmac.update(context);
        block = hmac.doFinal(new byte[] {(byte) counter});
        System.arraycopy(block, 0, okm, done, Math.min(block.length, okm.length - done));
      }
      Arrays.fill(block, (byte) 0);
      return okm;
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has HMAC-SHA-512", impossible);
    }
  }
}
