// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.offheap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** The platform's own implementations are the measure, and the standards' vectors. */
class OffHeapTest {
  private final Random random = new Random(20);

  @Test
  void digestsAreThePlatformsAtEveryLengthAroundABlock() throws Exception {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    MessageDigest sha512 = MessageDigest.getInstance("SHA-512");
    for (int length = 0; length < 300; length++) {
      byte[] message = bytes(length);
      Sha256 ours256 = new Sha256(ByteBuffer.allocateDirect(Sha256.WORKSPACE));
      ours256.update(direct(message));
      ByteBuffer found256 = ByteBuffer.allocateDirect(Sha256.LENGTH);
      ours256.finish(found256);
      assertArrayEquals(sha256.digest(message), array(found256), "SHA-256 of " + length);
      Sha512 ours512 = new Sha512(ByteBuffer.allocateDirect(Sha512.WORKSPACE));
      ours512.update(direct(message));
      ByteBuffer found512 = ByteBuffer.allocateDirect(Sha512.LENGTH);
      ours512.finish(found512);
      assertArrayEquals(sha512.digest(message), array(found512), "SHA-512 of " + length);
    }
  }

  @Test
  void blocksDecryptAsThePlatformDecryptsThem() throws Exception {
    for (int i = 0; i < 300; i++) {
      byte[] key = bytes(Aes256.KEY);
      byte[] block = bytes(Aes256.BLOCK);
      Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
      aes.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"));
      ByteBuffer data = direct(block);
      new Aes256(direct(key), ByteBuffer.allocateDirect(Aes256.WORKSPACE)).decrypt(data, 0);
      assertArrayEquals(aes.doFinal(block), array(data));
    }
  }

  /** FIPS 197, C.3. */
  @Test
  void theStandardsOwnBlockDecrypts() {
    ByteBuffer key =
        direct(hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
    ByteBuffer block = direct(hex("8ea2b7ca516745bfeafc49904b496089"));
    new Aes256(key, ByteBuffer.allocateDirect(Aes256.WORKSPACE)).decrypt(block, 0);
    assertArrayEquals(hex("00112233445566778899aabbccddeeff"), array(block));
  }

  @Test
  void expansionIsHmacUponHmac() throws Exception {
    for (int length : new int[] {1, 63, 64, 65, 76, 128, 200}) {
      byte[] key = bytes(length % 2 == 0 ? 32 : 128);
      byte[] info = bytes(length);
      ByteBuffer found = ByteBuffer.allocateDirect(length);
      ByteBuffer workspace = ByteBuffer.allocateDirect(HkdfSha512.WORKSPACE);
      new HkdfSha512(direct(key), workspace).expand(info, found);
      assertArrayEquals(expand(key, info, length), array(found), length + " bytes");
    }
  }

  private static byte[] expand(byte[] key, byte[] info, int length) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA512");
    mac.init(new SecretKeySpec(key, "HmacSHA512"));
    ByteBuffer all = ByteBuffer.allocate(4 * Sha512.LENGTH);
    byte[] block = new byte[0];
    for (byte counter = 1; all.position() < length; counter++) {
      mac.update(block);
      mac.update(info);
      block = mac.doFinal(new byte[] {counter});
      all.put(block);
    }
    return Arrays.copyOf(all.array(), length);
  }

  /** RFC 3394, 4.6, behind a key agreement that happens to give its key encryption key. */
  @Test
  void whatThePlatformWrappedUnwraps() throws Exception {
    byte[] secret = bytes(32);
    byte[] info = bytes(40);
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update(secret);
    sha256.update(new byte[] {0, 0, 0, 1});
    byte[] kek = sha256.digest(info);
    byte[] cek = bytes(32);
    Cipher wrap = Cipher.getInstance("AESWrap");
    wrap.init(Cipher.WRAP_MODE, new SecretKeySpec(kek, "AES"));
    byte[] wrapped = wrap.wrap(new SecretKeySpec(cek, "AES"));
    byte[] iv = bytes(16);
    byte[] content = bytes(32);
    Cipher cbc = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cbc.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(cek, "AES"), new IvParameterSpec(iv));
    byte[] ciphertext = cbc.doFinal(content);

    ByteBuffer plain = ByteBuffer.allocateDirect(32);
    EnvelopeKeys keys = new EnvelopeKeys(ByteBuffer.allocateDirect(EnvelopeKeys.WORKSPACE));
    keys.agree(direct(secret), info);
    assertTrue(keys.unwrap(wrapped));
    assertTrue(keys.decrypt(iv, ciphertext, plain));
    assertArrayEquals(content, array(plain));
    assertEquals(EnvelopeKeys.WRAPPED, wrapped.length);
  }

  @Test
  void aChangedKeyOrPaddingIsSeen() throws Exception {
    EnvelopeKeys keys = new EnvelopeKeys(ByteBuffer.allocateDirect(EnvelopeKeys.WORKSPACE));
    keys.agree(direct(bytes(32)), bytes(20));
    assertFalse(keys.unwrap(bytes(EnvelopeKeys.WRAPPED)));
    assertFalse(keys.decrypt(bytes(16), bytes(48), ByteBuffer.allocateDirect(32)));
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static ByteBuffer direct(byte[] content) {
    return ByteBuffer.allocateDirect(content.length).put(0, content);
  }

  private static byte[] array(ByteBuffer memory) {
    byte[] array = new byte[memory.capacity()];
    memory.get(0, array);
    return array;
  }
}
