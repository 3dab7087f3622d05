// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.util.Arrays;
import java.util.Optional;

/** Finds the DER values at the start of an NV index that is larger than its content. */
final class DerPrefix {
  private static final int SEQUENCE = 0x30;
  private static final int TWO_BYTE_LENGTH = 0x82;
  private static final int HEADER = 4;

  private DerPrefix() {}

  /** The value without the padding; none when there is no sequence of 256 to 65535 bytes. */
  static Optional<Bytes> find(Bytes padded) {
    byte[] content = padded.toArray();
    int length = length(content, 0);
    return length == 0 || length > content.length
        ? Optional.empty()
        : Optional.of(Bytes.of(Arrays.copyOf(content, length)));
  }

  /**
   * How long the value is that begins at {@code start}.
   *
   * @return 0 when none begins there; more than there is when its end, or already its length, is to
   *     come
   */
  static int length(byte[] content, int start) {
    int there = content.length - start;
    if (there == 0 || content[start] != SEQUENCE) {
      return 0;
    }
    if (there > 1 && (content[start + 1] & 0xff) != TWO_BYTE_LENGTH) {
      return 0;
    }
    return there < HEADER
        ? HEADER
        : HEADER + ((content[start + 2] & 0xff) << 8 | (content[start + 3] & 0xff));
  }
}
