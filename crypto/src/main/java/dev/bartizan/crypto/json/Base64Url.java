// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.json;

import dev.bartizan.crypto.Bytes;
import java.util.Base64;

/** Base64url without padding (RFC 4648 section 5): one text for the same bytes, no other. */
public final class Base64Url {
  private Base64Url() {}

  public static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  public static String encode(Bytes bytes) {
    return encode(bytes.toArray());
  }

  /**
   * Decodes, and refuses what {@link #encode} would not have written: padding, stray bits.
   *
   * @param what the field's name, for the message
   */
  public static Bytes decode(String text, String what) throws Malformed {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      // The JDK's decoder takes padding and ignores the unused bits of the last character.
      if (encode(bytes).equals(text)) {
        return Bytes.of(bytes);
      }
    } catch (IllegalArgumentException notBase64) {
      throw new Malformed(what + " is not base64url: " + notBase64.getMessage(), notBase64);
    }
    throw new Malformed(what + " is not canonical base64url without padding");
  }
}
