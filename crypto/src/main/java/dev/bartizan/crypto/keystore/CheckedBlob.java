// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Checksum;

/**
 * A stored blob behind a line that names its kind and has its checksum: damage is told from a wrong
 * password. The check is against damage, not against exchange.
 */
final class CheckedBlob {
  private static final int MAX_LENGTH = 64 * 1024;

  private CheckedBlob() {}

  static Bytes wrap(String title, byte[] content) {
    return Bytes.of(checksum(title).prepend(content));
  }

  /**
   * What was wrapped.
   *
   * @throws KeystoreRefusal {@code BLOB_CHANGED}
   */
  static byte[] unwrap(String title, Bytes stored) throws KeystoreRefusal {
    if (stored.length() > MAX_LENGTH) {
      throw damaged(title);
    }
    return checksum(title).stripFront(stored.toArray()).orElseThrow(() -> damaged(title));
  }

  static KeystoreRefusal damaged(String title) {
    return new KeystoreRefusal(
        KeystoreRefusal.Reason.BLOB_CHANGED, title + ": the stored keys are damaged");
  }

  private static Checksum checksum(String title) {
    return new Checksum(title + " ", "\n");
  }
}
