// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.envelope;

import dev.bartizan.crypto.SecretBytes;
import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * The key of one thread's cipher, which lies on the heap only while that cipher runs.
 *
 * <p>To the native provider {@link #getEncoded} gives the array itself, against the habit of keys:
 * that one keeps the reference, and so what is wiped here is wiped there too. The platform's cipher
 * keeps copies of its own whatever it is given, and wipes the array for a key it takes for another.
 */
@SuppressWarnings("serial") // a key is Serializable by its interface; this one is never serialised
final class TransientKey implements SecretKey {
  private final byte[] array;
  private final boolean isLent;

  /**
   * @param isLent whether the cipher gets the array itself
   */
  TransientKey(int length, boolean isLent) {
    this.array = new byte[length];
    this.isLent = isLent;
  }

  /** Puts the first bytes of {@code secret} in. */
  void fillFrom(SecretBytes secret) {
    secret.lend(memory -> memory.get(0, array));
  }

  void wipe() {
    Arrays.fill(array, (byte) 0);
  }

  @Override
  public String getAlgorithm() {
    return "AES";
  }

  @Override
  public String getFormat() {
    return "RAW";
  }

  @Override
  public byte[] getEncoded() {
    return isLent ? array : array.clone();
  }
}
