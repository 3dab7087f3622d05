// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.envelope;

import dev.bartizan.crypto.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What an artifact is bound to: a file of another release, epoch or name does not open.
 *
 * @param root the {@link Shards#root} of the release's model
 * @param epoch the release's epoch
 * @param file the file's name within the release, {@code "model.onnx"}
 */
public record ArtifactContext(Digest root, long epoch, String file) {
  private static final byte[] LABEL = "bartizan-artifact/1\0".getBytes(StandardCharsets.US_ASCII);

  /** label || 0 || root (32) || epoch (u64, big-endian) || file name (UTF-8). */
  byte[] encoded() {
    byte[] name = file.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(LABEL.length + Digest.LENGTH + Long.BYTES + name.length)
        .put(LABEL)
        .put(root.value().asBuffer())
        .putLong(epoch)
        .put(name)
        .array();
  }
}
