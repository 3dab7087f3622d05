// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What one metadata file says about another.
 *
 * @param version the only one acceptable
 * @param length in bytes, if given
 * @param hashes if given
 */
public record MetaFile(long version, Optional<Long> length, Optional<Hashes> hashes) {

  static MetaFile of(Fields entry) throws TufRefusal {
    Optional<Long> length =
        entry.has("length") ? Optional.of(entry.integer("length", 0)) : Optional.empty();
    return new MetaFile(entry.integer("version", 1), length, entry.findHashes("hashes"));
  }

  /** How many bytes to accept: the signed length, but never more than {@code most}. */
  int limit(int most) {
    return (int) Math.min(length.orElse((long) most), most);
  }

  /**
   * Compares length and digests, as far as given.
   *
   * @throws TufRefusal HASH_MISMATCH or TOO_LONG
   */
  void checkContent(RoleName role, byte[] received) throws TufRefusal {
    if (hashes.isPresent()) {
      ContentCheck check =
          new ContentCheck(role.value(), length.orElse((long) received.length), hashes.get());
      check.update(ByteBuffer.wrap(received));
      check.finish();
    } else if (length.isPresent() && length.get() != received.length) {
      String found = received.length + " bytes";
      throw new TufRefusal(Code.HASH_MISMATCH, role, length.get() + " bytes", found);
    }
  }

  /**
   * @throws TufRefusal MIX_MATCH when {@code found} is another version than this names
   */
  void checkVersion(RoleName role, long found) throws TufRefusal {
    if (found != version) {
      throw new TufRefusal(Code.MIX_MATCH, role, "version " + version, String.valueOf(found));
    }
  }
}
