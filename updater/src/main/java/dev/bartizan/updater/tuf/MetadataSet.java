// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The file form of a complete set: {@code "BTZSET01"}, then per role a 16-bit name length, the name
 * in UTF-8, a 32-bit file length and the file, big-endian; at the end the SHA-256 of all before.
 *
 * <p>The digest proves nothing about who wrote it, which the signatures inside do; it makes every
 * flipped byte show, even one in white space or in a signature more than the threshold needs.
 */
final class MetadataSet {
  static final String FILE = "last-good.set";
  private static final byte[] MAGIC = "BTZSET01".getBytes(StandardCharsets.US_ASCII);

  private MetadataSet() {}

  static byte[] encode(Map<RoleName, Bytes> files) {
    ByteBuffer set = ByteBuffer.allocate(lengthOf(files));
    set.put(MAGIC);
    files.forEach(
        (role, raw) -> {
          byte[] name = role.value().getBytes(StandardCharsets.UTF_8);
          set.putShort((short) name.length).put(name);
          set.putInt(raw.length()).put(raw.asBuffer());
        });
    set.put(Digest.of(set.duplicate().flip()).value().asBuffer());
    return set.array();
  }

  static Map<RoleName, Bytes> decode(byte[] encoded) throws TufRefusal {
    try {
      ByteBuffer content = checked(encoded);
      Map<RoleName, Bytes> files = new LinkedHashMap<>();
      while (content.hasRemaining()) {
        RoleName role =
            new RoleName(new String(take(content, content.getShort()), StandardCharsets.UTF_8));
        files.put(role, Bytes.of(take(content, content.getInt())));
      }
      return files;
    } catch (BufferUnderflowException | IllegalArgumentException damaged) {
      throw new TufRefusal(Code.MALFORMED, FILE, "a set of metadata", "damage", damaged);
    }
  }

  /** What stands between magic and digest, once both are right. */
  private static ByteBuffer checked(byte[] encoded) {
    ByteBuffer set = ByteBuffer.wrap(encoded);
    Bytes magic = Bytes.of(take(set, MAGIC.length));
    ByteBuffer content = ByteBuffer.wrap(take(set, set.remaining() - Digest.LENGTH));
    ByteBuffer covered = ByteBuffer.wrap(encoded, 0, set.position());
    Digest stored = Digest.ofValue(take(set, Digest.LENGTH));
    if (!magic.equals(Bytes.of(MAGIC)) || !Digest.of(covered).equals(stored)) {
      throw new IllegalArgumentException("digest or magic differ");
    }
    return content;
  }

  private static byte[] take(ByteBuffer from, int length) {
    if (length < 0 || length > from.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] taken = new byte[length];
    from.get(taken);
    return taken;
  }

  private static int lengthOf(Map<RoleName, Bytes> files) {
    int length = MAGIC.length + Digest.LENGTH;
    for (Map.Entry<RoleName, Bytes> file : files.entrySet()) {
      int name = file.getKey().value().getBytes(StandardCharsets.UTF_8).length;
      length = Math.addExact(length, 2 + name + 4 + file.getValue().length());
    }
    return length;
  }
}
