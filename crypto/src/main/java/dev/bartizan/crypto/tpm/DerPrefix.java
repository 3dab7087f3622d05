package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.util.Arrays;
import java.util.Optional;

/** Finds the one DER value at the start of an NV index that is larger than its content. */
final class DerPrefix {
  private static final int SEQUENCE = 0x30;
  private static final int TWO_BYTE_LENGTH = 0x82;
  private static final int HEADER = 4;

  private DerPrefix() {}

  /** The value without the padding; none when there is no sequence of 256 to 65535 bytes. */
  static Optional<Bytes> find(Bytes padded) {
    byte[] content = padded.toArray();
    if (content.length < HEADER
        || content[0] != SEQUENCE
        || (content[1] & 0xff) != TWO_BYTE_LENGTH) {
      return Optional.empty();
    }
    int length = HEADER + ((content[2] & 0xff) << 8 | (content[3] & 0xff));
    return length > content.length
        ? Optional.empty()
        : Optional.of(Bytes.of(Arrays.copyOf(content, length)));
  }
}
