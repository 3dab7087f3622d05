// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;

/**
 * A session with the TPM that only the two ends can have keyed (part 1, 19 and 21): salted to a key
 * the caller trusts, SHA-256, AES-128-CFB for parameters. Authorises with empty passwords, or, as a
 * {@link PolicySession}, with a policy. One per command.
 */
public class TpmSession implements AutoCloseable {
  static final TpmHash HASH = TpmHash.SHA256;
  static final int NONCE_BYTES = 32;

  static final int CONTINUE = 0x01;
  static final int SECRET_IN = 0x20;
  static final int SECRET_OUT = 0x40;

  private static final int CIPHER_BYTES = 16;

  private final Tpm tpm;
  private final TpmHandle handle;
  private final byte[] key;
  private byte[] nonceCaller;
  private byte[] nonceTpm;

  /** Takes over {@code key}, which is zeroed on close. */
  TpmSession(Tpm tpm, TpmHandle handle, byte[] key, byte[] nonceCaller, byte[] nonceTpm) {
    this.tpm = tpm;
    this.handle = handle;
    this.key = key;
    this.nonceCaller = nonceCaller;
    this.nonceTpm = nonceTpm;
  }

  TpmHandle handle() {
    return handle;
  }

  void rollCallerNonce(SecureRandom random) {
    nonceCaller = new byte[NONCE_BYTES];
    random.nextBytes(nonceCaller);
  }

  byte[] nonceCaller() {
    return nonceCaller;
  }

  byte[] nonceTpm() {
    return nonceTpm;
  }

  /** The authentication code of a command, to be sent with {@link #nonceCaller}. */
  byte[] commandMac(byte[] cpHash, int attributes) {
    byte[] last = {(byte) attributes};
    return TpmKdf.hmac(HASH, key, cpHash, nonceCaller, nonceTpm, last);
  }

  /**
   * Accepts a response as the TPM's own, and its nonce for the next command.
   *
   * @throws TpmException when the code is wrong; the session is then of no further use
   */
  void acceptResponse(CommandCode code, byte[] rpHash, byte[] nonce, int attributes, byte[] mac)
      throws TpmException {
    byte[] last = {(byte) attributes};
    byte[] expected = TpmKdf.hmac(HASH, key, rpHash, nonce, nonceCaller, last);
    if (!MessageDigest.isEqual(expected, mac)) {
      throw TpmException.notAuthentic(code);
    }
    nonceTpm = nonce;
  }

  byte[] encryptForTpm(byte[] plain) {
    return crypt(Cipher.ENCRYPT_MODE, nonceCaller, nonceTpm, plain);
  }

  /** After {@link #acceptResponse}: the newer nonce is the TPM's. */
  byte[] decryptFromTpm(byte[] encrypted) {
    return crypt(Cipher.DECRYPT_MODE, nonceTpm, nonceCaller, encrypted);
  }

  /** Part 1, 21.3. The key would include the object's password, if we used any. */
  private byte[] crypt(int mode, byte[] newer, byte[] older, byte[] content) {
    byte[] keyAndIv = TpmKdf.kdfA(HASH, key, "CFB", newer, older, 2 * CIPHER_BYTES * 8);
    byte[] cipherKey = Arrays.copyOf(keyAndIv, CIPHER_BYTES);
    byte[] iv = Arrays.copyOfRange(keyAndIv, CIPHER_BYTES, 2 * CIPHER_BYTES);
    byte[] result = TpmKdf.aesCfb(mode, cipherKey, iv, content);
    Arrays.fill(keyAndIv, (byte) 0);
    Arrays.fill(cipherKey, (byte) 0);
    return result;
  }

  /** Takes the session out of the TPM and forgets its key. */
  @Override
  public void close() throws IOException {
    Arrays.fill(key, (byte) 0);
    tpm.flush(handle.value());
  }
}
