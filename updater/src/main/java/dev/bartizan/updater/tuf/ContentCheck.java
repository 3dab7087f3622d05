// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Holds bytes that stream by against their signed length and digests. Nothing of them may be used
 * before {@link #finish} has returned.
 */
public final class ContentCheck {
  private final String subject;
  private final long length;
  private final Map<MessageDigest, Bytes> expected = new LinkedHashMap<>();
  private long seen;

  /**
   * @param subject role or target path, for the refusal
   * @param length the signed length in bytes
   * @throws TufRefusal HASH_MISMATCH when a digest is of an algorithm we cannot compute: a check
   *     that cannot be made has not been passed
   */
  ContentCheck(String subject, long length, Hashes hashes) throws TufRefusal {
    this.subject = subject;
    this.length = length;
    for (Map.Entry<String, Bytes> hash : hashes.byAlgorithm().entrySet()) {
      MessageDigest digest =
          Hashes.digestOf(hash.getKey())
              .orElseThrow(() -> mismatch("a known digest algorithm", hash.getKey()));
      expected.put(digest, hash.getValue());
    }
  }

  /**
   * Takes the rest of {@code content}, which is consumed.
   *
   * @throws TufRefusal TOO_LONG as soon as there is one byte more than signed
   */
  public void update(ByteBuffer content) throws TufRefusal {
    seen += content.remaining();
    if (seen > length) {
      throw new TufRefusal(Code.TOO_LONG, subject, length + " bytes", "more", null);
    }
    for (MessageDigest digest : expected.keySet()) {
      digest.update(content.duplicate());
    }
    content.position(content.limit());
  }

  /**
   * Call once, at the end.
   *
   * @throws TufRefusal HASH_MISMATCH when bytes are missing or different
   */
  public void finish() throws TufRefusal {
    if (seen != length) {
      throw mismatch(length + " bytes", String.valueOf(seen));
    }
    for (Map.Entry<MessageDigest, Bytes> entry : expected.entrySet()) {
      Bytes found = Bytes.of(entry.getKey().digest());
      if (!found.equals(entry.getValue())) {
        throw mismatch(entry.getKey().getAlgorithm() + " " + entry.getValue().hex(), found.hex());
      }
    }
  }

  private TufRefusal mismatch(String expectation, String found) {
    return new TufRefusal(Code.HASH_MISMATCH, subject, expectation, found, null);
  }
}
