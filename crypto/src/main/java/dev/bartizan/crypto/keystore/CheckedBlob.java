// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A stored blob behind a line that names its kind and has its SHA-256: damage is told from a wrong
 * password. The check is against damage, not against exchange.
 */
final class CheckedBlob {
  private static final int MAX_LENGTH = 64 * 1024;

  private CheckedBlob() {}

  static Bytes wrap(String title, byte[] content) {
    byte[] line = line(title, content);
    byte[] blob = Arrays.copyOf(line, line.length + content.length);
    System.arraycopy(content, 0, blob, line.length, content.length);
    return Bytes.of(blob);
  }

  /**
   * What was wrapped.
   *
   * @throws KeystoreRefusal {@code BLOB_CHANGED}
   */
  static byte[] unwrap(String title, Bytes stored) throws KeystoreRefusal {
    byte[] blob = stored.toArray();
    int start = line(title, new byte[0]).length;
    if (blob.length < start || blob.length > MAX_LENGTH) {
      throw damaged(title);
    }
    byte[] content = Arrays.copyOfRange(blob, start, blob.length);
    if (!Arrays.equals(line(title, content), Arrays.copyOf(blob, start))) {
      throw damaged(title);
    }
    return content;
  }

  static KeystoreRefusal damaged(String title) {
    return new KeystoreRefusal(
        KeystoreRefusal.Reason.BLOB_CHANGED, title + ": the stored keys are damaged");
  }

  private static byte[] line(String title, byte[] content) {
    String line = title + " " + Digest.of(content).hex() + "\n";
    return line.getBytes(StandardCharsets.US_ASCII);
  }
}
